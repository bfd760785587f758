package client

import (
	"math"
	"strconv"

	"modelheist/core/oracle"
	"modelheist/remote/oip"
)

// read takes the rows from..to of a reply from the outputs of an answer, and
// believes nothing: names, shapes, labels and values are checked.
func (c *Oracle) read(outputs []oip.Tensor, from, to int, r *oracle.Reply) error {
	width := r.Width()
	if width > 0 {
		data, err := output(outputs, c.info.Scores, to-from, width)
		if err != nil {
			return err
		}
		if err := checkValues(data, r.Kind); err != nil {
			return err
		}
		copy(r.Values[from*width:], data)
	}
	switch {
	case c.info.Label != "":
		if err := whole(outputs, c.info.Label, r.Labels[from:to], 0, r.Classes-1); err != nil {
			return err
		}
	case width > 1:
		for i := from; i < to; i++ {
			r.Labels[i] = argmax(r.Values[i*width : (i+1)*width])
		}
	case r.Kind != oracle.Value:
		return failed(Schema, "the server answers no label")
	}
	if r.Missing == nil {
		return nil
	}
	return whole(outputs, "missing", r.Missing[from:to], -1, len(c.info.Domain)-1)
}

func argmax(row []float64) int {
	best := 0
	for k, v := range row {
		if v > row[best] {
			best = k
		}
	}
	return best
}

// output is the data of the output of that name, n rows of that width.
func output(outputs []oip.Tensor, name string, n, width int) ([]float64, error) {
	for i := range outputs {
		t := &outputs[i]
		if t.Name != name {
			continue
		}
		if t.Shape[0] != n || len(t.Data) != n*width {
			return nil, failed(Shape, "output "+name+" has the wrong shape, must be "+strconv.Itoa(n)+" rows with "+strconv.Itoa(n*width)+" numbers in all")
		}
		return t.Data, nil
	}
	return nil, failed(Schema, "the answer has no output "+name)
}

// whole reads the output of that name, a whole number in [low, high] for each row.
func whole(outputs []oip.Tensor, name string, to []int, low, high int) error {
	data, err := output(outputs, name, len(to), 1)
	if err != nil {
		return err
	}
	for i, v := range data {
		if !(v == math.Trunc(v) && v >= float64(low) && v <= float64(high)) {
			return failed(Shape, "output "+name+" has "+number(v)+", must be whole numbers in "+interval(low, high))
		}
		to[i] = int(v)
	}
	return nil
}

func interval(low, high int) string { return strconv.Itoa(low) + ".." + strconv.Itoa(high) }

// slack is how far a probability of FP32 may lie above 1.
const slack = 1e-5

func checkValues(data []float64, kind oracle.Kind) error {
	probability := kind == oracle.Probabilities || kind == oracle.Top1
	for _, v := range data {
		if math.IsNaN(v) || math.Abs(v) > largest || probability && (v < 0 || v > 1+slack) {
			return failed(Shape, "the answer has "+number(v)+", which is no "+string(kind))
		}
	}
	return nil
}

func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
