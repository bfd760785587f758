package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"modelheist/core/experiment"
	"modelheist/core/jsontext"
	"modelheist/core/modelfile"
	"modelheist/core/oracle"
	"modelheist/remote"
	"modelheist/remote/client"
)

// adminKey is the environment variable with the key that publishes; arguments
// can be seen by others on the machine.
const adminKey = "HEIST_ADMIN_KEY"

// network connects experiments to remote oracles, and keeps the last one.
type network struct {
	ctx    context.Context
	oracle *client.Oracle // nil before
}

func (n *network) open(s experiment.Spec) (oracle.Oracle, error) {
	o, err := client.Dial(remote.Life(n.ctx), remote.Transport{}, &client.Options{
		URL: s.Get("oracle"), Model: s.Get("model"), Token: s.Get("token"),
		Input: s.Get("input"), Label: s.Get("label-output"), Scores: s.Get("score-output"), Kind: oracle.Kind(s.Get("score-kind")),
		Low: s.Float("low"), High: s.Float("high"), Features: s.Int("features"), Classes: s.Int("class-count"),
	})
	if err != nil {
		return nil, fmt.Errorf("oracle: %w", err)
	}
	n.oracle = o
	return o, nil
}

// networkLine is what the network has cost, as a line of JSON.
type networkLine struct {
	Kind     string  `json:"kind"`
	Queries  int     `json:"queries"`
	Cost     int     `json:"cost"`
	Left     *int    `json:"left"`
	Requests int     `json:"requests"`
	Retries  int     `json:"retries"`
	Seconds  float64 `json:"seconds"`
}

func (n *network) line() networkLine {
	s := n.oracle.Stats()
	line := networkLine{"network", s.Queries, s.Cost, nil, s.Requests, s.Retries, s.Seconds}
	if left := n.oracle.Left(); left < 1<<53 {
		line.Left = &left
	}
	return line
}

func (l networkLine) String() string {
	text := fmt.Sprintf("network  %d queries in %d requests (%d again), %.2f s; cost %d", l.Queries, l.Requests, l.Retries, l.Seconds, l.Cost)
	if l.Left != nil {
		text += fmt.Sprintf(", %d left", *l.Left)
	}
	return text
}

// server is where the owner's and the takers' commands send their requests.
type server struct{ url, key string }

// call sends JSON and returns the answer's body.
func (s server) call(ctx context.Context, method, path string, body []byte) ([]byte, error) {
	return client.Call(remote.Life(ctx), remote.Transport{}, s.url, s.key, method, path, body)
}

// flags makes a flag set that reports nothing by itself.
func flags(name string) (*flag.FlagSet, *string) {
	f := flag.NewFlagSet(name, flag.ContinueOnError)
	f.SetOutput(io.Discard)
	return f, f.String("url", "http://localhost:8080", "the server")
}

func owner(url string) (server, error) {
	key := os.Getenv(adminKey)
	if key == "" {
		return server{}, usagef("the admin key must be in the environment variable %s", adminKey)
	}
	return server{url, key}, nil
}

func limitFlags(f *flag.FlagSet, l *remote.Limits) {
	f.IntVar(&l.Budget, "budget", 0, "queries")
	f.IntVar(&l.Window, "window", 0, "seconds until the budget is renewed")
	f.IntVar(&l.Rate, "rate", 0, "queries in each period")
	f.IntVar(&l.Period, "period", 60, "seconds")
}

const publishUsage = "usage: heist publish --name NAME [--url URL] [--title TEXT] [--open --budget N [--window S] [--rate N --period S]] [--challenge N] [--out FILE] key=value …"

// publish trains a victim and puts it up on a server, or writes the publication
// to a file.
func publish(ctx context.Context, args []string, stdout, _ io.Writer) error {
	f, url := flags("publish")
	name, title := f.String("name", "", ""), f.String("title", "", "")
	open, out := f.Bool("open", false, ""), f.String("out", "", "")
	submissions := f.Int("challenge", 0, "copies that a taker may hand in")
	var limits remote.Limits
	limitFlags(f, &limits)
	if err := f.Parse(args); err != nil {
		return usagef("publish: %w; %s", err, publishUsage)
	}
	if *name == "" && *out == "" {
		return usagef("publish: no name; %s", publishUsage)
	}
	p, err := victim(ctx, f.Args())
	if err != nil {
		return err
	}
	p.Title, p.Open, p.Limits = *title, *open, limits
	if *submissions > 0 {
		p.Challenge.Submissions = *submissions
	} else {
		p.Challenge = nil
	}
	text, err := p.Append(nil)
	if err != nil {
		return err
	}
	if *out != "" {
		return os.WriteFile(*out, append(text, '\n'), 0o600)
	}
	s, err := owner(*url)
	if err != nil {
		return err
	}
	if _, err := s.call(ctx, http.MethodPut, "/models/"+*name, text); err != nil {
		return fmt.Errorf("publish: %w", err)
	}
	_, err = fmt.Fprintf(stdout, "%s is at %s/v2/models/%s (%d bytes)\n", *name, strings.TrimRight(*url, "/"), *name, len(text))
	return err
}

// victim trains the victim of the settings, with its test points for a challenge.
func victim(ctx context.Context, settings []string) (*remote.Publication, error) {
	spec, err := experiment.Parse(settings)
	if err != nil {
		return nil, usagef("%s", oneLine(err))
	}
	if spec.Remote() {
		return nil, usagef("publish: a victim of one's own is needed, not oracle=URL")
	}
	e, err := experiment.Prepare(spec, experiment.Env{Open: open, Tick: ctx.Err}, nil)
	if err != nil {
		return nil, badSetting(err)
	}
	p, err := remote.PublicationOf(e)
	if err != nil {
		return nil, badSetting(err)
	}
	p.Challenge = &remote.Challenge{Test: e.Test.X}
	return p, nil
}

const tokenUsage = "usage: heist token --model NAME --budget N [--name TEXT] [--rate N --period S] [--expires 2030-12-31T00:00:00Z] [--url URL]"

// token makes a token for a model and prints it.
func token(ctx context.Context, args []string, stdout, _ io.Writer) error {
	f, url := flags("token")
	name, model, expires := f.String("name", "", ""), f.String("model", "", ""), f.String("expires", "", "")
	var limits remote.Limits
	limitFlags(f, &limits)
	if err := f.Parse(args); err != nil || f.NArg() > 0 || *model == "" {
		return usagef("token: %s", tokenUsage)
	}
	s, err := owner(*url)
	if err != nil {
		return err
	}
	w := jsontext.Begin(nil)
	w.Text("name", *name)
	w.Add("models", func(dst []byte) []byte {
		return jsontext.AppendObjects(dst, 1, func(w *jsontext.Writer, _ int) {
			w.Text("model", *model)
			w.Int("budget", limits.Budget)
			if limits.Window > 0 {
				w.Int("window", limits.Window)
			}
			if limits.Rate > 0 {
				w.Int("rate", limits.Rate)
				w.Int("period", limits.Period)
			}
			if *expires != "" {
				w.Text("expires", *expires)
			}
		})
	})
	body, err := s.call(ctx, http.MethodPost, "/tokens", w.End())
	if err != nil {
		return fmt.Errorf("token: %w", err)
	}
	v, err := jsontext.Parse(body)
	if err != nil {
		return fmt.Errorf("token: %w", err)
	}
	o := jsontext.Open(v, "")
	text := o.Text("token", 1000)
	if o.Err() != nil {
		return o.Err()
	}
	_, err = fmt.Fprintln(stdout, text)
	return err
}

const submitUsage = "usage: heist submit --model NAME --name YOU --file copy.json [--token TOKEN] [--url URL]"

// submit hands in a copy that heist run --save wrote, and prints the board.
func submit(ctx context.Context, args []string, stdout, _ io.Writer) error {
	f, url := flags("submit")
	model, name := f.String("model", "", ""), f.String("name", "", "")
	file, key := f.String("file", "", ""), f.String("token", "", "")
	if err := f.Parse(args); err != nil || f.NArg() > 0 || *model == "" || *name == "" || *file == "" {
		return usagef("submit: %s", submitUsage)
	}
	text, err := os.ReadFile(*file)
	if err != nil {
		return err
	}
	if _, err := modelfile.Decode(text); err != nil {
		return fmt.Errorf("submit: %s: %w", *file, err)
	}
	w := jsontext.Begin(nil)
	w.Text("name", *name)
	w.Raw("model", bytes.TrimSpace(text))
	body, err := server{*url, *key}.call(ctx, http.MethodPost, "/models/"+*model+"/copies", w.End())
	if err != nil {
		return fmt.Errorf("submit: %w", err)
	}
	return printBoard(stdout, body)
}

func printBoard(stdout io.Writer, body []byte) error {
	v, err := jsontext.Parse(body)
	if err != nil {
		return err
	}
	o := jsontext.Open(v, "")
	for i, row := range o.Objects("board") {
		fmt.Fprintf(stdout, "%3d  %-40q %8d queries  %s agreement\n", i+1, row.Text("name", 200), row.Int("queries", 0, 1<<40), percent(row.Float("agreement")))
	}
	return o.Err()
}
