package play

import (
	"testing"
	"time"
)

const ms = time.Millisecond

func TestStatesFollowTheCommands(t *testing.T) {
	t.Parallel()
	commands := map[byte]func(*Player){
		'p': (*Player).Play, 's': (*Player).Step, 'h': (*Player).Pause, 'e': (*Player).End, 'x': (*Player).Reset,
		'r': (*Player).Round, 'b': func(p *Player) { p.Batch(3) },
	}
	for script, want := range map[string]State{
		"": Idle, "h": Idle, "p": Playing, "ph": Paused, "php": Playing, "pe": Ended, "pep": Ended, "peh": Ended, "pex": Idle,
		"pbr": Playing, "pbrbr": Playing, // playing goes on
		"sb": Playing, "sbr": Paused, "sbrs": Playing, "sbrsbr": Paused, // a step is a batch with its round
		"sbb": Paused, "sbbsr": Paused, "sbbs": Playing, "sbbsb": Paused, // or a batch without one
		"sbbpb": Playing, "sbhs": Playing, "sbhsr": Paused, "pbhs": Playing, "x": Idle, "sbbxsb": Playing,
	} {
		var p Player
		for i := range len(script) {
			commands[script[i]](&p)
		}
		if p.State() != want {
			t.Errorf("%q: %s, want %s", script, p.State(), want)
		}
		if p.Running() != (want == Playing) {
			t.Errorf("%q: running is %v", script, p.Running())
		}
	}
}

func TestAStepOfSlowMotionIsAMoment(t *testing.T) {
	t.Parallel()
	var p Player
	p.SetSpeed(20)
	p.SetSlow()
	p.Step()
	p.Batch(8)
	if p.State() != Playing {
		t.Fatal("a batch is no moment")
	}
	for range 3 {
		if p.Moment(); p.State() != Paused {
			t.Fatalf("%s after a moment", p.State())
		}
		p.Step()
	}
	p.Round()
	p.Batch(2)
	if p.State() != Playing {
		t.Error("a round or a batch ended a step of slow motion")
	}
	p.Play()
	if p.Moment(); p.State() != Playing {
		t.Error("playing stopped at a moment")
	}
	if p.Reset(); !p.Slow() {
		t.Error("starting over forgot slow motion")
	}
	p.SetSpeed(20)
	if p.Step(); p.Slow() {
		t.Error("a speed leaves slow motion on")
	}
	if p.Moment(); p.State() != Playing {
		t.Error("a moment stops a step at full speed")
	}
}

func TestTheRestOfABatchIsSoonThroughInSlowMotion(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 8, 2000} {
		var p Player
		p.SetSlow()
		p.Play()
		p.Batch(n)
		if shown := showFor(&p, 0, slowMost+slowRest); shown < n {
			t.Errorf("%d of %d queries in %v", shown, n, slowMost)
		}
	}
}

// showFor counts the queries shown up to a time by a caller that waits as told.
func showFor(p *Player, from, until time.Duration) (shown int) {
	for now := from; now < until; {
		if wait := p.Wait(now); wait > 0 {
			now += wait
			continue
		}
		if shown++; shown > 1_000_000 {
			return shown
		}
	}
	return shown
}

func TestQueriesAppearAtTheSpeed(t *testing.T) {
	t.Parallel()
	for _, speed := range []float64{1, 20, 300, 5000} {
		var p Player
		p.SetSpeed(speed)
		p.Play()
		shown := showFor(&p, time.Second, 3*time.Second)
		if want := int(2 * speed); shown < want || shown > want+1+int(speed/20) {
			t.Errorf("speed %v: %d in two seconds", speed, shown)
		}
	}
}

func TestSpeedZeroNeverWaits(t *testing.T) {
	t.Parallel()
	var p Player
	p.Play()
	for range 1000 {
		if wait := p.Wait(time.Second); wait != 0 {
			t.Fatalf("waits %v", wait)
		}
	}
}

func TestALongTrainingIsNotFollowedByABurst(t *testing.T) {
	t.Parallel()
	var p Player
	p.SetSpeed(100)
	p.Play()
	p.Wait(0)
	burst := 0
	for p.Wait(5*time.Second) == 0 {
		if burst++; burst > 100 {
			break
		}
	}
	if burst > 7 {
		t.Errorf("%d queries at once after five seconds of training", burst)
	}
}

func TestAStepShowsItsBatchInTime(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		speed float64
		n     int
	}{{0, 10}, {1, 10}, {1, 400}, {1000, 10}} {
		var p Player
		p.SetSpeed(c.speed)
		p.Step()
		p.Batch(c.n)
		now := time.Second
		for range c.n {
			for wait := p.Wait(now); wait > 0; wait = p.Wait(now) {
				now += wait
			}
		}
		if took := now - time.Second; took > stepTime {
			t.Errorf("%d queries at speed %v took %v", c.n, c.speed, took)
		}
	}
}

func TestAChangeOfSpeedCountsAtOnce(t *testing.T) {
	t.Parallel()
	var p Player
	p.SetSpeed(0.1)
	p.Play()
	p.Wait(0)
	if wait := p.Wait(ms); wait < 9*time.Second {
		t.Fatalf("waits %v at a query in ten seconds", wait)
	}
	p.SetSpeed(50)
	if wait := p.Wait(ms); wait != 0 {
		t.Errorf("still waits %v after the change", wait)
	}
}
