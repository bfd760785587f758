package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"modelheist/core/experiment"
)

// params prints the table of settings; --json prints it as the page reads it.
func params(_ context.Context, args []string, stdout, _ io.Writer) error {
	switch {
	case len(args) == 0:
		return paramsText(stdout)
	case len(args) == 1 && args[0] == "--json":
		return json.NewEncoder(stdout).Encode(struct {
			Version  string             `json:"version"`
			Sections []string           `json:"sections"`
			Params   []experiment.Param `json:"params"`
		}{experiment.LinkVersion, experiment.Sections, experiment.Params})
	}
	return usagef("params: takes only --json, not %q", strings.Join(args, " "))
}

func paramsText(out io.Writer) error {
	for _, section := range append(slices.Clone(experiment.Sections), experiment.RemoteSection) {
		if _, err := fmt.Fprintf(out, "%s\n", section); err != nil {
			return err
		}
		for _, p := range experiment.Params {
			if p.Section != section {
				continue
			}
			fmt.Fprintf(out, "  %-11s %s\n", p.Key, p.Help)
			fmt.Fprintf(out, "  %-11s %s%s\n", "", p.Allowed(), defaults(p))
			for _, c := range p.When {
				fmt.Fprintf(out, "  %-11s only with %s=%s\n", "", c.Key, strings.Join(c.In, "|"))
			}
		}
	}
	return nil
}

func defaults(p experiment.Param) string {
	var text []string
	if p.Default != "" {
		text = append(text, p.Default)
	}
	for _, d := range p.Defaults {
		value := d.Value
		if value == "" {
			value = "none"
		}
		text = append(text, fmt.Sprintf("%s with %s=%s", value, d.When.Key, strings.Join(d.When.In, "|")))
	}
	if text == nil {
		return ""
	}
	return "; default " + strings.Join(text, ", ")
}
