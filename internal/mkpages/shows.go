package main

// shows are the experiments that a value of a key is pictured by: victims by
// what they are, answers, attacks and defences by a copy.
var shows = map[string]string{
	"data=moons": "", "data=circles": "data=circles", "data=blobs": "data=blobs victim=softmax", "data=spirals": "data=spirals gamma=20", "data=xor": "data=xor",

	"victim=logistic": "victim=logistic", "victim=softmax": "data=blobs victim=softmax", "victim=ovr": "data=blobs victim=ovr",
	"victim=mlp": "victim=mlp", "victim=svm": "", "victim=tree": "victim=tree", "victim=knn": "victim=knn", "victim=klr": "victim=klr",

	"answers=labels":        "queries=100",
	"answers=top1":          "victim=mlp answers=top1 alpha=1",
	"answers=probabilities": "data=blobs victim=softmax answers=probabilities alpha=1",
	"answers=logits":        "data=blobs victim=softmax answers=logits attack=log-ratios queries=3",
	"answers=margin":        "answers=margin queries=100",

	"attack=equations":        "victim=mlp answers=probabilities attack=equations alpha=2",
	"attack=log-ratios":       "data=blobs victim=softmax answers=probabilities attack=log-ratios queries=3",
	"attack=kernel-leak":      "victim=klr representers=10",
	"attack=uniform":          "attack=uniform queries=150",
	"attack=line-search":      "attack=line-search queries=150",
	"attack=adaptive":         "attack=adaptive queries=150",
	"attack=lowd-meek":        "victim=logistic attack=lowd-meek inside=yes queries=150",
	"attack=extract-and-test": "data=circles attack=extract-and-test queries=300",
	"attack=bin-edges":        "victim=logistic bins=6 answers=probabilities attack=bin-edges",
	"attack=path-finding":     "victim=tree depth=5",
	"attack=top-down":         "victim=tree depth=5 partial=yes",

	"round":        "victim=mlp answers=probabilities attack=equations round=1 alpha=4",
	"answer-noise": "victim=mlp answers=probabilities attack=equations answer-noise=0.05 alpha=4",
	"partial":      "victim=tree depth=4 partial=yes",
	"members":      "victim=tree members=20 answers=labels attack=uniform",
	"privacy":      "victim=logistic privacy=1 answers=probabilities alpha=1",
	"bins":         "victim=logistic bins=6 answers=probabilities attack=bin-edges",
}
