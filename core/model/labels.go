package model

// LabelsTo writes the class of the largest score of each row of the n×c scores
// to dst, ties to the lower index.
func LabelsTo(dst []int, scores []float64, classes int) {
	if len(scores) != len(dst)*classes {
		panic("model: scores are not n×c")
	}
	for i := range dst {
		row := scores[i*classes : (i+1)*classes]
		best := 0
		for k, v := range row {
			if v > row[best] {
				best = k
			}
		}
		dst[i] = best
	}
}
