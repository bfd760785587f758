package model

func (r Recipe) trainMLP(data Data, o Options) (Classifier, error) { panic("unwritten") }
