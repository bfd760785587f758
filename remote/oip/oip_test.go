package oip

import (
	"math"
	"reflect"
	"strings"
	"testing"
)

const head = `{"inputs":[{"name":"x","shape":`

func TestDataAreReadFlatAndNested(t *testing.T) {
	t.Parallel()
	want := []float64{1, 2, 3, 4, 5, 6}
	for _, c := range []string{
		`[2,3],"datatype":"FP64","data":[1,2,3,4,5,6]}]}`,
		`[2,3],"datatype":"FP64","data":[[1,2,3],[4,5,6]]}]}`,
		`[2,3],"datatype":"FP32","data":[[1.0,2e0,3],[4,5,6]],"parameters":{"content_type":"np"}}],"parameters":{"a":1}}`,
		`[1,2,3],"datatype":"INT8","data":[[[1,2,3],[4,5,6]]]}],"id":"","outputs":[{"name":"y","parameters":{}}]}`,
		`[6],"datatype":"UINT64","data":[1,2,3,4,5,6]}]}`,
	} {
		r, err := ParseRequest([]byte(head + c))
		if err != nil || !reflect.DeepEqual(r.Inputs[0].Data, want) {
			t.Errorf("%s: %v, %v", c, r, err)
		}
	}
	r, err := ParseRequest([]byte(head + `[2],"datatype":"BOOL","data":[true,false]},{"name":"b","shape":[2,1],"datatype":"BYTES","data":[["a"],["é"]]}]}`))
	if err != nil || !reflect.DeepEqual(r.Inputs[0].Data, []float64{1, 0}) || !reflect.DeepEqual(r.Inputs[1].Texts, []string{"a", "é"}) {
		t.Errorf("%v, %v", r, err)
	}
	r, err = ParseRequest([]byte(head + `[1,2],"datatype":"FP64","data":[null,1]}]}`))
	if err != nil || !math.IsNaN(r.Inputs[0].Data[0]) {
		t.Errorf("a missing value: %v, %v", r, err)
	}
}

var badRequests = []struct{ text, want string }{
	{``, "no valid JSON"},
	{`[]`, "the text is an array"},
	{`{}`, "inputs is missing"},
	{`{"inputs":[]}`, "inputs are 0, allowed are 1..16"},
	{`{"inputs":[1]}`, "inputs[0] is a number, must be an object"},
	{`{"inputs":[{"name":"x"}]}`, "inputs[0].shape is missing"},
	{head + `[2,3],"datatype":"FP64"}]}`, "inputs[0].data is missing"},
	{head + `[2,3],"datatype":"FP64","data":5}]}`, "inputs[0].data is a number, must be an array"},
	{head + `[2,3],"datatype":"FP64","data":[1,2,3,4,5]}]}`, "inputs[0].data has 5 items, the shape [2 3] needs 6"},
	{head + `[2,3],"datatype":"FP64","data":[1,2,3,4,5,6,7]}]}`, "inputs[0].data has 7 items"},
	{head + `[2,3],"datatype":"FP64","data":[[1,2],[3,4],[5,6]]}]}`, "is not nested as the shape [2 3]"},
	{head + `[2,3],"datatype":"FP64","data":[[1,2,3],[4,5]]}]}`, "is not nested as the shape [2 3]"},
	{head + `[2,3],"datatype":"FP64","data":[[1,2,3],4,5,6]}]}`, "is not nested as the shape [2 3]"},
	{head + `[2,3],"datatype":"FP64","data":["1","2","3","4","5","6"]}]}`, "has a string among items of type FP64"},
	{head + `[1],"datatype":"FP64","data":[true]}]}`, "has a boolean among items of type FP64"},
	{head + `[1],"datatype":"FP64","data":[1e400]}]}`, "beyond a float64"},
	{head + `[1],"datatype":"FP32","data":[1e39]}]}`, "beyond FP32"},
	{head + `[1],"datatype":"INT8","data":[128]}]}`, "has 128, which is no INT8"},
	{head + `[1],"datatype":"INT64","data":[0.5]}]}`, "has 0.5, which is no INT64"},
	{head + `[1],"datatype":"INT64","data":[null]}]}`, "has a number or null among items of type INT64"},
	{head + `[1],"datatype":"FP16","data":[1]}]}`, `inputs[0].datatype is "FP16"`},
	{head + `[-1,2],"datatype":"FP64","data":[1]}]}`, "inputs[0].shape[0] is -1"},
	{head + `[],"datatype":"FP64","data":[1]}]}`, "inputs[0].shape has 0 dimensions"},
	{head + `[60000000,60000000],"datatype":"FP64","data":[1]}]}`, "asks for more than"},
	{head + `[1],"datatype":"FP64","data":[1],"size":3}]}`, "inputs[0].size is not known here"},
	{head + `[1],"datatype":"FP64","data":[1]}],"outputs":[{}]}`, "outputs[0].name is missing"},
	{head + `[1],"datatype":"FP64","data":[1]}],"id":7}`, "id is a number, must be a string"},
	{head + `[1],"datatype":"FP64","data":[1]}],"id":"` + strings.Repeat("a", 201) + `"}`, "id has 201 bytes"},
	{head + `[1],"datatype":"FP64","data":[1]}],"input":[]}`, "input is not known here"},
}

func TestWhatIsWrongInARequestIsNamed(t *testing.T) {
	t.Parallel()
	for _, c := range badRequests {
		if _, err := ParseRequest([]byte(c.text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.text, err, c.want)
		}
	}
}

func TestMessagesAreReadAsWritten(t *testing.T) {
	t.Parallel()
	q := Request{ID: "<7>", Inputs: []Tensor{
		{Name: "x", Datatype: "FP64", Shape: []int{2, 1}, Data: []float64{0.1, math.Copysign(0, -1)}},
		{Name: "f", Datatype: "FP32", Shape: []int{1}, Data: []float64{float64(float32(0.1))}},
		{Name: "b", Datatype: "BOOL", Shape: []int{2}, Data: []float64{1, 0}},
		{Name: "s", Datatype: "BYTES", Shape: []int{1}, Texts: []string{"é"}},
	}, Outputs: []string{"label"}}
	if got, err := ParseRequest(q.Append(nil)); err != nil || !reflect.DeepEqual(got, q) {
		t.Errorf("%+v became %+v, %v", q, got, err)
	}
	r := Response{Model: "m", ID: "7", Outputs: q.Inputs}
	if got, err := ParseResponse(r.Append(nil)); err != nil || !reflect.DeepEqual(got, r) {
		t.Errorf("%+v became %+v, %v", r, got, err)
	}
	m := Metadata{Name: "m", Platform: "p", Inputs: []TensorInfo{{"x", "FP64", []int{-1, 2}}}, Outputs: []TensorInfo{{"y", "INT64", []int{-1}}}}
	if got, err := ParseMetadata(m.Append(nil)); err != nil || !reflect.DeepEqual(got, m) {
		t.Errorf("%+v became %+v, %v", m, got, err)
	}
	if got := ParseError(AppendError(nil, "no <b>")); got != "no <b>" {
		t.Errorf("%q", got)
	}
}

func FuzzParseRequest(f *testing.F) {
	for _, c := range badRequests {
		f.Add([]byte(c.text))
	}
	f.Add([]byte(head + `[2,3],"datatype":"FP32","data":[[1,2,3],[null,5,6]]}],"id":"a","outputs":[{"name":"y"}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := ParseRequest(text)
		if err != nil {
			return
		}
		written := r.Append(nil)
		again, err := ParseRequest(written)
		if err != nil || string(again.Append(nil)) != string(written) {
			t.Errorf("%s became %s, %v", text, written, err)
		}
	})
}

func FuzzParseResponse(f *testing.F) {
	f.Add([]byte(`{"model_name":"m","id":"1","parameters":{"left":3},"outputs":[{"name":"label","shape":[1],"datatype":"INT64","data":[1]}],"other":1}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := ParseResponse(text)
		if err != nil {
			return
		}
		if _, err := ParseResponse(r.Append(nil)); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	})
}

func FuzzParseMetadata(f *testing.F) {
	f.Add([]byte(`{"name":"m","platform":"p","inputs":[{"name":"x","datatype":"FP64","shape":[-1,2]}],"outputs":[{"name":"label","datatype":"INT64","shape":[-1]}],"parameters":{"answers":"labels"}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := ParseMetadata(text)
		if err != nil {
			return
		}
		if _, err := ParseMetadata(m.Append(nil)); err != nil {
			t.Errorf("%s: %v", text, err)
		}
		ParseError(text)
	})
}
