package model

func (r Recipe) trainSVM(data Data, o Options) (Classifier, error) { panic("unwritten") }
