// Package play paces a theft: it decides when the next query may be shown and
// when the attack must stand still. It knows no clock and no browser.
package play

import "time"

// State is what the page shows the theft to be.
type State string

const (
	Idle    State = "idle"    // not begun
	Playing State = "playing" // under way
	Paused  State = "paused"  // begun, and standing still
	Ended   State = "ended"   // nothing left to do
)

// stepTime is how long the queries of a single step take to appear.
const stepTime = 400 * time.Millisecond

// late is how far behind its pace a player may fall before it forgets the
// difference; without a bound a long training would be followed by a burst.
const late = 50 * time.Millisecond

// Slow motion shows the first query of a batch and its round as moments, one
// after the other, and the rest of the batch at this pace.
const (
	Moment   = 1200 * time.Millisecond
	slowRest = 250 * time.Millisecond
	slowMost = 3 * time.Second // for the rest of a batch, however many
)

// Player is the pace of one theft. The zero value is an idle player that shows
// everything as fast as possible.
type Player struct {
	state   State
	step    bool          // stop after this batch
	batches int           // begun in this step
	waiting bool          // a batch is asked and waits for the next step
	slow    bool          // one moment at a time
	every   time.Duration // between two queries; 0 without a pace
	batch   int           // queries in it
	hurry   time.Duration // the pace within a step
	due     time.Duration // when the next query may appear
}

// State is the state now.
func (p *Player) State() State {
	if p.state == "" {
		return Idle
	}
	return p.state
}

// SetSpeed sets the pace in queries a second; 0 is as fast as possible.
func (p *Player) SetSpeed(speed float64) {
	p.every, p.slow = 0, false
	if speed > 0 {
		p.every = time.Duration(float64(time.Second) / speed)
	}
	p.due = 0
}

// SetSlow sets slow motion, until the next SetSpeed.
func (p *Player) SetSlow() { p.slow, p.due = true, 0 }

// Slow tells whether moments are shown one by one.
func (p *Player) Slow() bool { return p.slow }

// Moment says that one is on show. A step in slow motion ends with it.
func (p *Player) Moment() {
	if p.slow && p.step && p.state == Playing {
		p.state = Paused
	}
}

// Play lets the theft run on. An ended one stays ended.
func (p *Player) Play() { p.run(false) }

// Step lets the theft run to the end of one batch and its round; in slow motion,
// to the next moment.
func (p *Player) Step() { p.run(true) }

func (p *Player) run(step bool) {
	if p.state == Ended {
		return
	}
	p.state, p.step, p.batches, p.due = Playing, step, 0, 0
	if p.waiting {
		p.batches, p.waiting = 1, false
	}
}

// Pause makes a running theft stand still.
func (p *Player) Pause() {
	if p.state == Playing {
		p.state = Paused
	}
}

// End says that the theft is over.
func (p *Player) End() { p.state = Ended }

// Reset makes the theft one that has not begun.
func (p *Player) Reset() { *p = Player{every: p.every, slow: p.slow} }

// Running tells whether the theft may go on.
func (p *Player) Running() bool { return p.state == Playing }

// Batch says that n queries were answered and are about to be shown. A step
// that has had its batch stops before the next.
func (p *Player) Batch(n int) {
	if p.batches++; p.step && !p.slow && p.batches > 1 {
		p.state, p.waiting = Paused, true
	}
	p.batch, p.hurry = n, stepTime/time.Duration(max(n, 1))
}

// Round says that the copy was trained and shown. A step ends with it.
func (p *Player) Round() {
	if p.step && !p.slow && p.state == Playing {
		p.state = Paused
	}
}

// Wait is how long from now on until the next query may be shown. If it is 0
// the query counts as shown.
func (p *Player) Wait(now time.Duration) time.Duration {
	every := p.every
	if p.slow {
		every = min(slowRest, slowMost/time.Duration(max(p.batch, 1)))
	} else if p.step && (every == 0 || p.hurry < every) {
		every = p.hurry
	}
	if every == 0 {
		return 0
	}
	if now < p.due {
		return p.due - now
	}
	p.due = max(p.due, now-late) + every
	return 0
}
