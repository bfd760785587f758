package data

import (
	"bytes"
	"testing"
)

func TestFilesAreOpenedUnpacked(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]struct {
		lines int
		start string
	}{
		"iris.csv": {151, "150,4,setosa"}, "wine.csv": {179, "178,13,class_0"},
		"breast_cancer.csv": {570, "569,30,malignant"}, "digits.csv.gz": {1797, "0,0,5,13,9,1"},
	} {
		text, err := Open(name)
		if err != nil {
			t.Fatal(err)
		}
		if lines := bytes.Count(bytes.TrimSpace(text), []byte("\n")) + 1; lines != want.lines || !bytes.HasPrefix(text, []byte(want.start)) {
			t.Errorf("%s: %d lines, starts %.20q", name, lines, text)
		}
	}
	if _, err := Open("adult.csv"); err == nil || err.Error() != `data: no file "adult.csv"` {
		t.Errorf("a file that isn't there: %v", err)
	}
}
