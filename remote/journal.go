package remote

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"
)

// journal is a file of records, one a line. What is written survives the
// process, and with the system's own delay the machine.
type journal struct{ file *os.File }

// passingDays is how long the file remembers those without a token.
const passingTime = 48 * time.Hour

// Open makes a Memory that writes every change to a file before it answers, and
// begins with what the file holds. Only one process may have the file open. A
// last line that was cut off by a crash is dropped; another that can't be read
// is an error.
func Open(path string, now time.Time) (*Memory, error) {
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	m := NewMemory()
	var kept bytes.Buffer
	lines := bytes.SplitAfter(text, []byte("\n"))
	for i, line := range lines {
		if !bytes.HasSuffix(line, []byte("\n")) {
			break // cut off, or nothing after the last line
		}
		var r record
		if err := json.Unmarshal(line, &r); err != nil {
			return nil, fmt.Errorf("%s line %d: %w", path, i+1, err)
		}
		if r.Draw != nil && passing(r.Draw.Account) && now.Sub(r.Draw.Now) > passingTime {
			continue
		}
		m.apply(r)
		kept.Write(line)
	}
	// The tokens' hashes and the models are nobody else's business.
	part := path + ".new"
	if err := os.WriteFile(part, kept.Bytes(), 0o600); err != nil {
		return nil, err
	}
	if err := os.Rename(part, path); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	m.journal = &journal{file}
	return m, nil
}

// Close closes the file, if there is one.
func (m *Memory) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.journal == nil {
		return nil
	}
	return m.journal.file.Close()
}

func (j *journal) write(r record) error {
	if j == nil {
		return nil
	}
	line, err := json.Marshal(r)
	if err != nil {
		return err
	}
	line = append(line, '\n')
	n, err := j.file.Write(line)
	if err != nil && n > 0 {
		// Half a line would make the next one unreadable.
		end, seekErr := j.file.Seek(0, io.SeekEnd)
		if seekErr == nil {
			err = errors.Join(err, j.file.Truncate(end-int64(n)))
		}
	}
	return err
}
