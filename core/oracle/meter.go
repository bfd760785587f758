package oracle

// Meter counts the queries that were answered and keeps them within a budget. It
// is the one place where queries are counted.
type Meter struct {
	inner
	left, spent int
}

// NewMeter lets budget queries through to o.
func NewMeter(o Oracle, budget int) *Meter {
	if budget < 0 {
		panic("oracle: budget < 0")
	}
	return &Meter{inner: o, left: budget}
}

// Left is the number of queries that may still be asked.
func (m *Meter) Left() int { return min(m.left, m.inner.Left()) }

// Spent is the number of queries answered so far.
func (m *Meter) Spent() int { return m.spent }

// Ask passes a batch on if the budget covers all of it; otherwise it returns
// ErrBudget. A batch that isn't answered, for whatever reason, costs nothing.
func (m *Meter) Ask(x []float64) (Reply, error) {
	if len(x)/m.Domain().Dim() > m.left {
		return Reply{}, ErrBudget
	}
	r, err := m.inner.Ask(x)
	if err != nil {
		return Reply{}, err
	}
	m.left -= r.N()
	m.spent += r.N()
	return r, nil
}
