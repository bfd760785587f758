package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
)

// presets are the experiments that hosts can embed by oEmbed: the data sets of
// the plane, and the default.
var presets = []struct{ name, title, fragment string }{
	{"oembed.json", "Model Heist", ""},
	{"oembed/moons.json", "Model Heist: moons", "data=moons"},
	{"oembed/circles.json", "Model Heist: circles", "data=circles"},
	{"oembed/blobs.json", "Model Heist: blobs", "data=blobs"},
	{"oembed/spirals.json", "Model Heist: spirals", "data=spirals"},
	{"oembed/xor.json", "Model Heist: XOR", "data=xor"},
}

// rich is an answer of oEmbed 1.0, a type rich: https://oembed.com, section 2.3.
type rich struct {
	Type            string `json:"type"`
	Version         string `json:"version"`
	Title           string `json:"title"`
	ProviderName    string `json:"provider_name"`
	ProviderURL     string `json:"provider_url"`
	HTML            string `json:"html"`
	Width           int    `json:"width"`
	Height          int    `json:"height"`
	ThumbnailURL    string `json:"thumbnail_url"`
	ThumbnailWidth  int    `json:"thumbnail_width"`
	ThumbnailHeight int    `json:"thumbnail_height"`
}

// oembed adds an answer for each preset, and has the page name the default's. It
// needs the address that the site will have; without one there are none.
func oembed(files map[string][]byte, site string) error {
	if site == "" {
		return nil
	}
	base, err := url.Parse(site)
	if err != nil || base.Scheme != "https" && base.Scheme != "http" || base.Host == "" {
		return fmt.Errorf("the site's address is %q; it must be like https://heist.example/", site)
	}
	at := func(name, fragment string) string {
		u := base.JoinPath(name)
		u.Fragment = fragment
		return u.String()
	}
	for _, p := range presets {
		frame := fmt.Sprintf(`<iframe src="%s" title="%s" width="600" height="460" style="border:0" loading="lazy" sandbox="allow-scripts allow-downloads allow-popups" allow="clipboard-write"></iframe>`,
			html.EscapeString(at("embed.html", p.fragment)), html.EscapeString(p.title))
		files[p.name], err = json.Marshal(rich{
			"rich", "1.0", p.title, "Model Heist", at("/", ""), frame, 600, 460, at("poster/copy-light.webp", ""), 364, 364,
		})
		if err != nil {
			return err
		}
	}
	link := fmt.Sprintf("<link rel=\"alternate\" type=\"application/json+oembed\" href=\"%s\" title=\"Model Heist\">\n<title>", html.EscapeString(at("oembed.json", "")))
	files["index.html"] = bytes.Replace(files["index.html"], []byte("<title>"), []byte(link), 1)
	return nil
}
