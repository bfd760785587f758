package model

func (r Recipe) trainLinear(data Data, o Options) (Classifier, error) { panic("unwritten") }
