//go:build !lean

package wire

import (
	"errors"
	"math"
	"reflect"
	"testing"
)

func init() {
	good[`{"kind":"cell","id":6,"name":"fig4","full":true,"seeds":2,"settings":["alpha=5"],"index":3}`] = Cell{6, Measurement{"fig4", true, 2, []string{"alpha=5"}}, 3}
	good[`{"kind":"report","id":6,"name":"fig4","full":false,"seeds":0,"settings":[],"minimum":true,"runs":[
		{"index":1,"queries":9,"status":"stuck","note":"n","seconds":0.5,"values":[0.5,2],
			"pictures":[{"name":"p","width":2,"grey":[{"f64":[0,255]},{"f64":[1,2,3,4]}]}]}]}`] = Report{6, Measurement{Name: "fig4"}, true, []CellRun{
		{1, 9, "stuck", "n", 0.5, []float64{0.5, 2}, []Picture{{"p", 2, [][]int{{0, 255}, {1, 2, 3, 4}}}}},
	}}
	good[`{"kind":"file","name":"a.csv","text":"a,b"}`] = File{"a.csv", "a,b"}
	replies = append(replies, Reported{}, Measured{})
}

func TestAFigureWithoutMeaningCrossesAsNull(t *testing.T) {
	t.Parallel()
	v, _ := fromJSON(`{"kind":"report","id":6,"name":"fig4","full":false,"seeds":0,"settings":[],"minimum":true,"runs":[
		{"index":1,"queries":9,"status":"","note":"","seconds":2,"values":[null,2],"pictures":[]}]}`)
	got, _, err := Decode(v)
	if err != nil {
		t.Fatal(err)
	}
	values := got.(Report).Runs[0].Values
	if len(values) != 2 || !math.IsNaN(values[0]) || values[1] != 2 {
		t.Errorf("%v", values)
	}
	fields := Measured{CellRun: CellRun{Values: values}}.Fields()
	if back := fields[len(fields)-3]; !reflect.DeepEqual(back, []any{nil, 2.0}) {
		t.Errorf("%v", back)
	}
}

func TestBadMessagesAboutThePaperNameTheField(t *testing.T) {
	t.Parallel()
	const head = `{"kind":"report","id":6,"name":"fig4","full":false,"minimum":true,`
	for text, want := range map[string]string{
		head + `"seeds":1001,"settings":[],"runs":[]}`:                                                                      "seeds must be a number from 0 to 1000, and is 1001",
		head + `"seeds":1.5,"settings":[],"runs":[]}`:                                                                       "seeds must be a whole number, and is 1.5",
		head + `"seeds":1,"settings":["a=1",2],"runs":[]}`:                                                                  "settings[1] must be a string, and is a number",
		head + `"seeds":1,"settings":[],"runs":[{"index":-1}]}`:                                                             "runs[0].index must be a number from 0 to 2.147483647e+09, and is -1",
		head + `"seeds":1,"settings":[],"runs":[{},3]}`:                                                                     "runs[0].index must be a number, and is nothing",
		head + `"seeds":1,"settings":[],"runs":[{"index":1,"queries":1,"status":"","note":"","seconds":2,"values":["a"]}]}`: "runs[0].values[0] must be a number or null, and is a string",
	} {
		v, err := fromJSON(text)
		if err != nil {
			t.Fatal(text, err)
		}
		var field *Error
		if _, _, err = Decode(v); !errors.As(err, &field) || err.Error() != want {
			t.Errorf("%s:\n got %v\nwant %s", text, err, want)
		}
	}
}
