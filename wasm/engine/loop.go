//go:build js && wasm

package main

import (
	"errors"
	"syscall/js"
	"time"
)

// slice is how long work may run before the event loop has its turn.
const slice = 8 * time.Millisecond

var epoch = time.Now()

// now is the time since the engine started.
func now() time.Duration { return time.Since(epoch) }

// loop is the worker's event loop as goroutines see it. All of the engine's
// state belongs to whoever is running: there is one thread, and it changes
// hands only where a goroutine waits.
type loop struct {
	port     js.Value        // a message to itself is the fastest way round the loop
	waiting  []chan struct{} // goroutines that gave way, in order
	ring     js.Func         // wakes the sleeper whose number it is given
	sleepers map[int]*task
	slept    int       // number of the next
	failed   func(any) // told of panics
}

// newLoop makes the loop; its callbacks live as long as the engine.
func newLoop(failed func(any)) *loop {
	l := &loop{failed: failed, sleepers: map[int]*task{}}
	l.ring = l.callback(func(args []js.Value) {
		if t := l.sleepers[args[0].Int()]; t != nil {
			t.nudge()
		}
	})
	channel := js.Global().Get("MessageChannel").New()
	channel.Get("port1").Set("onmessage", l.callback(func([]js.Value) {
		next := l.waiting[0]
		l.waiting = l.waiting[1:]
		close(next)
	}))
	l.port = channel.Get("port2")
	return l
}

// callback makes a function for JavaScript that reports its panics.
func (l *loop) callback(f func(args []js.Value)) js.Func {
	return js.FuncOf(func(_ js.Value, args []js.Value) any {
		defer l.guard()
		f(args)
		return nil
	})
}

// guard is deferred wherever JavaScript or the scheduler enters.
func (l *loop) guard() {
	if problem := recover(); problem != nil {
		l.failed(problem)
	}
}

// spawn starts a goroutine that reports its panics.
func (l *loop) spawn(f func()) {
	go func() {
		defer l.guard()
		f()
	}()
}

// turn lets everything that has happened meanwhile come in: messages, timers,
// frames.
func (l *loop) turn() {
	done := make(chan struct{})
	l.waiting = append(l.waiting, done)
	l.port.Call("postMessage", js.Null())
	<-done
}

// errStopped reports that a task was stopped from outside.
var errStopped = errors.New("stopped")

// task is work in slices that can be stopped and held.
type task struct {
	loop    *loop
	began   time.Duration // the slice
	stopped bool
	ending  func()        // called when it is stopped; may be nil
	held    func() bool   // may be nil
	wake    chan struct{} // one place: told of every change of stopped and held
	busy    bool          // not waiting
}

func (l *loop) newTask(held func() bool) *task {
	return &task{loop: l, began: now(), held: held, wake: make(chan struct{}, 1), busy: true}
}

// tick gives way when the slice is over, and stands still while the task is
// held. Its error ends the work that calls it.
func (t *task) tick() error {
	if !t.stopped && (now()-t.began) < slice {
		return nil
	}
	return t.give()
}

// give gives way at once.
func (t *task) give() error {
	if t.stopped {
		return errStopped
	}
	t.loop.turn()
	for !t.stopped && t.held != nil && t.held() {
		t.sleep(0)
	}
	t.began = now()
	if t.stopped {
		return errStopped
	}
	return nil
}

// sleep waits for the time, or without one for as long as it takes, and in
// either case no longer than until the next nudge; it may also end early. (A
// timer of Go's would bring a calendar into the program.)
func (t *task) sleep(d time.Duration) {
	t.busy = false
	defer func() { t.busy, t.began = true, now() }()
	if d <= 0 {
		<-t.wake
		return
	}
	number := t.loop.slept
	t.loop.slept++
	t.loop.sleepers[number] = t
	timer := js.Global().Call("setTimeout", t.loop.ring, float64(d)/1e6, number)
	<-t.wake
	delete(t.loop.sleepers, number)
	js.Global().Call("clearTimeout", timer)
}

// nudge tells the task that something it depends on has changed.
func (t *task) nudge() {
	select {
	case t.wake <- struct{}{}:
	default:
	}
}

// stop ends the task at its next tick.
func (t *task) stop() {
	if !t.stopped {
		t.stopped = true
		if t.ending != nil {
			t.ending()
		}
	}
	t.nudge()
}

// frames asks the browser for frames.
type frames struct {
	loop    *loop
	draw    func()
	request js.Value // requestAnimationFrame or, where there is none, setTimeout
	tick    js.Func
	asked   bool
	last    time.Duration
	calm    bool
}

// calmEvery is the time between two redraws that nobody asked for, with
// reduced motion.
const calmEvery = 500 * time.Millisecond

func newFrames(l *loop, draw func()) *frames {
	f := &frames{loop: l, draw: draw, request: js.Global().Get("requestAnimationFrame")}
	f.tick = l.callback(func([]js.Value) {
		f.asked = false
		f.last = now()
		f.draw()
	})
	return f
}

// ask asks for a frame. urgent says that it answers the visitor's own hand and
// may not wait.
func (f *frames) ask(urgent bool) {
	if f.asked {
		return
	}
	f.asked = true
	if wait := calmEvery - (now() - f.last); f.calm && !urgent && wait > 0 {
		js.Global().Call("setTimeout", f.tick, wait.Milliseconds())
		return
	}
	if f.request.Truthy() {
		f.request.Invoke(f.tick)
		return
	}
	js.Global().Call("setTimeout", f.tick, 16)
}
