#!/usr/bin/env bash
# Builds, serves and tests Model Heist.
#
#   ./build.sh serve         build the page and serve it on http://localhost:8080 (PORT=… for another)
#   ./build.sh build         build the page into dist/, ready for any static host; with
#                            SITE=https://… also what hosts that use oEmbed ask for
#   ./build.sh worker        build page and oracle for a deploy to Cloudflare (wasm/oracle)
#   ./build.sh check         format, lint, types, vet, staticcheck: what takes seconds
#   ./build.sh test          install what the tests need, then check everything
#   ./build.sh bench [J5]    measure against TensorFlow.js and plain JavaScript, all jobs or one
#   ./build.sh bench-worker [load|memory]  measure the Worker on this machine
#   ./build.sh measure [first|paper]  measure the page: first visit, latencies, long tasks, memory; or the paper's cards
#   ./build.sh fuzz [time]   run each fuzz target for a while (10s)
#
# serve, build and worker need Go 1.26 and git; the rest also Node 20 or newer.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

bin=.build # programs and parts, none of them committed

need() { # command, what it is for
	command -v "$1" >/dev/null || { echo "build.sh: $2" >&2; exit 1; }
}

# --- the page ---------------------------------------------------------------

version() { git describe --tags --always --dirty 2>/dev/null || echo unknown; }

wasm() { # package, file, further flags of go build
	local package=$1 file=$2
	shift 2
	GOOS=js GOARCH=wasm go build -trimpath -buildvcs=false -ldflags="-s -w -buildid= -X main.version=$(version)" "$@" -o "$file.unpacked" "$package"
	go build -o $bin/ ./internal/wasmpack
	$bin/wasmpack "$file.unpacked" "$file"
}

# engine builds the engine for a small download: with wasm/fmt in place of the
# library's fmt, with inlining only where it pays, in the loops over numbers, and
# without bounds checks in the standard library.
engine() { # file, what else to replace ("FILE": "WITH", …), further flags of go build
	local std flags=(-gcflags=all=-l "-gcflags=std=-l -B") file=$1 replace=$2 package source
	shift 2
	std=$(go env GOROOT)/src
	for package in math/... modelheist/core/{num,model,optimize,surface}; do
		flags+=("-gcflags=$package=")
	done
	{
		printf '{"Replace": {%s' "$replace"
		for source in "$std"/fmt/{doc,errors,format,scan}.go; do printf '"%s": "", ' "$source"; done
		printf '"%s": "%s"}}\n' "$std/fmt/print.go" "$PWD/wasm/fmt/fmt.go"
	} >"$file.overlay.json"
	wasm ./wasm/engine "$file" -overlay "$file.overlay.json" "${flags[@]}" "$@"
}

# engines builds it twice: whole, and without what the page can do without at
# first.
engines() {
	engine $bin/engine.wasm "" -tags lean
	engine $bin/engine-full.wasm ""
}

# client_size is what the client of remote oracles adds to the full engine, in
# bytes of gzip: the engine with it less one with the lean one's remote, and its
# script.
client_size() {
	local file replace=""
	for file in remote console fetch; do replace+="\"$PWD/wasm/engine/$file.go\": \"\", "; done
	sed 's/ && lean$//' wasm/engine/remote_lean.go >$bin/no-remote.go
	replace+="\"$PWD/wasm/engine/remote_lean.go\": \"$PWD/$bin/no-remote.go\", "
	engine $bin/engine-alone.wasm "$replace"
	echo $(($(gzip -9c $bin/engine-full.wasm | wc -c) - $(gzip -9c $bin/engine-alone.wasm | wc -c) + $(gzipped dist/engine-fetch.js)))
}

site() {
	need go "Go 1.26 or newer is needed: https://go.dev/dl"
	go build -ldflags="-X main.buildVersion=$(version)" -o $bin/ ./cmd/heist
	go -C tools build -o ../$bin/ ./mksite
	engines
	$bin/heist params --json >$bin/params.json
	$bin/heist record >$bin/recording.json
	$bin/heist reproduce --json >$bin/paper.json
	go build -trimpath -buildvcs=false -o $bin/ ./internal/mkpages && $bin/mkpages -out $bin/pages
	$bin/mksite -out dist -version "$(version)" -site "${SITE:-}" site $bin/pages/ \
		engine.wasm=$bin/engine.wasm engine-full.wasm=$bin/engine-full.wasm params.json=$bin/params.json \
		recording.json=$bin/recording.json paper.json=$bin/paper.json \
		wasm_exec.js="$(go env GOROOT)/lib/wasm/wasm_exec.js"
}

serve() {
	site
	exec $bin/heist serve ${PORT:+--port "$PORT"}
}

build() {
	site
	go -C tools build -o ../$bin/ ./precompress
	$bin/precompress dist
	echo "dist/ is ready for any static host"
}

# worker leaves in wasm/oracle what wrangler deploys from there: the page without
# its compressed twins, which Cloudflare makes itself, and the program.
worker() {
	build
	local to=wasm/oracle/site file
	rm -rf $to
	cp -r dist $to
	find $to -name '*.br' -delete
	find $to -name '*.gz' | while read -r file; do [[ ! -e ${file%.gz} ]] || rm "$file"; done
	{
		cat wasm/oracle/_headers
		# What changes its name with its content never changes under it.
		(cd $to && find . -type f) | grep -E '\.[0-9a-f]{12}\.' | sort |
			sed 's|^\.\(.*\)|\n\1\n  Cache-Control: public, max-age=31536000, immutable|'
	} >$to/_headers
	wasm ./wasm/oracle $bin/oracle.wasm
	cp $bin/oracle.wasm "$(go env GOROOT)/lib/wasm/wasm_exec.js" wasm/oracle/
	echo "wasm/oracle is ready for wrangler"
}

# --- what the tests need ----------------------------------------------------

install_node_modules() { # folder
	need npm "Node 20 or newer is needed, with npm: https://nodejs.org"
	local stamp=$1/node_modules/.installed
	cmp -s "$1/package-lock.json" "$stamp" && return
	(cd "$1" && npm ci) && cp "$1/package-lock.json" "$stamp"
}

# Chromium: CHROMIUM, one that is installed, on Debian the package, or Playwright's.
find_chromium() {
	local name
	for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable \
		"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"; do
		if [[ -n $name ]] && command -v "$name"; then return; fi
	done
}

install_chromium() {
	if [[ -z $(find_chromium) && $(id -u) == 0 ]] && grep -qs '^ID=debian' /etc/os-release; then
		apt-get -q update && DEBIAN_FRONTEND=noninteractive \
			apt-get -qq install -y --no-install-recommends chromium fonts-dejavu-core
	fi
	CHROMIUM=$(find_chromium)
	export CHROMIUM # empty: Playwright uses its own
	[[ -n $CHROMIUM ]] || npx playwright install chromium
}

# --- checks -----------------------------------------------------------------

passed=0 failed=0 report=()

count() { # word, file
	tail -n 6 "$2" | sed -nE "s/.*\b([0-9]+) $1.*/\1/p" | tail -n 1
}

# check runs a command as one step. A step that ends in "12 passed, 1 failed", or
# Playwright's "12 passed" and "1 failed", counts as that many.
check() { # name, command...
	local name=$1 log=$bin/check.log start=$SECONDS ok p f
	shift
	echo "== $name"
	set +e # and no "||": both would switch off -e inside the step
	(set -e; "$@") >"$log" 2>&1 </dev/null
	ok=$(($? == 0))
	set -e
	cat "$log"
	p=$(count passed "$log") f=$(count failed "$log")
	p=${p:-$ok} f=${f:-0}
	if ((!ok && f == 0)); then f=1; fi
	passed=$((passed + p)) failed=$((failed + f))
	report+=("$(printf '%-44s %5d passed %3d failed %5d s' "$name" "$p" "$f" $((SECONDS - start)))")
}

formatted() {
	local files
	files=$(gofmt -s -l $(git ls-files -co --exclude-standard '*.go'))
	[[ -z $files ]] || { echo "gofmt -s would change:"; echo "$files"; return 1; }
}

# No file of the project names a machine's folders or a package registry's host.
project_text() {
	! git ls-files -co --exclude-standard | xargs -d '\n' \
		grep -nIE '/[r]oot/|/[h]ome/|/[w]ork/|[r]egistry\.(npmjs|yarn)|[p]roxy\.golang|"[r]esolved"'
}

for_js() { GOOS=js GOARCH=wasm "$@"; }

staticcheck_both() {
	$bin/staticcheck ./...
	(cd tools && ../$bin/staticcheck ./...)
	for_js $bin/staticcheck ./core/... ./wasm/...
}

vet_both() {
	go vet ./...
	go vet -tags lean ./core/...
	go -C tools vet ./...
	for_js go vet ./core/... ./wasm/...
}

# Node's runner writes "# pass 12".
node_tests() { node --test --test-reporter=tap "$@" | sed -E 's/^# (pass|fail) ([0-9]+)$/\2 \1ed/'; }

go_tests() {
	{
		go test -json -shuffle=on ./...
		go test -json -tags lean ./core/experiment -run 'Build|Table'
		go -C tools test -json ./...
	} | $bin/tally
}

# Go's launcher for Node has 8 kB for arguments and environment together: the
# tests get a small environment.
go_tests_wasm() {
	local exec
	exec="$(go env GOROOT)/lib/wasm/go_js_wasm_exec"
	env -i PATH="$PATH" HOME="$HOME" GOFLAGS="${GOFLAGS:-}" GOPROXY="$(go env GOPROXY)" GOOS=js GOARCH=wasm \
		go test -json -exec="$exec" ./core/... ./wasm/engine/... | $bin/tally
}

types() {
	local config
	for config in tsconfig*.json; do npx tsc --noEmit -p "$config"; done
}

# gzipped prints the size in bytes of the files when served as gzip.
gzipped() {
	local file total=0
	for file in "$@"; do
		[[ -f $file.gz ]] && file=$file.gz
		total=$((total + $(wc -c <"$file")))
	done
	echo $total
}

at_most() { # what, bytes, limit
	local verdict=""
	(($2 <= $3)) || verdict=" TOO LARGE" too_large=1
	printf '%-60s %9d of %9d bytes%s\n' "$1" "$2" "$3" "$verdict"
}

# preloaded are the further parts of its script that a page begins with.
preloaded() { sed -nE 's/.*rel="modulepreload" href="([^"]+)".*/dist\/\1/p' "$1"; }

sizes() {
	too_large=0
	local lean=(dist/engine.*.wasm) full=(dist/engine-full.*.wasm)
	at_most "engine, gzip" "$(gzipped "${lean[0]}")" 1100000
	at_most "engine, brotli" "$(wc -c <"${lean[0]}.br")" 850000
	at_most "full engine, gzip" "$(gzipped "${full[0]}")" 1550000
	at_most "of it the client of remote oracles, gzip" "$(client_size)" 40000
	at_most "element for other sites, gzip" "$(gzipped dist/heist-playground.js)" 12000
	at_most "recorded run, gzip" "$(gzipped dist/recording.json)" 20000
	at_most "poster of an embed, light" "$(gzipped dist/poster/*-light.webp)" 15000
	at_most "poster of an embed, dark" "$(gzipped dist/poster/*-dark.webp)" 15000
	at_most "page before the engine (HTML, CSS, JavaScript), gzip" \
		"$(gzipped dist/index.html dist/style.css dist/app.js dist/*-worker.js dist/wasm_exec.*.js $(preloaded dist/index.html))" 40000
	at_most "the paper before the engine, gzip" \
		"$(gzipped dist/paper.html dist/style.css dist/pages.css dist/paper.js dist/paper.json $(preloaded dist/paper.html))" 35000
	# Cloudflare's bound for a Worker on its free plan.
	at_most "Worker, gzip" "$(cat wasm/oracle/oracle.wasm wasm/oracle/*.js | gzip -9 | wc -c)" 3000000
	((!too_large))
}

static() {
	need go "Go 1.26 or newer is needed: https://go.dev/dl"
	mkdir -p $bin
	check "install: npm packages" install_node_modules .
	check "install: Go tools" go -C tools build -o ../$bin/ tool ./...

	check "format: gofmt -s" formatted
	check "format and lint: biome" npx biome ci --colors=off
	check "text: no machine paths, no registry hosts" project_text
	check "types: tsc, strict" types
	check "vet: native and js/wasm" vet_both
	check "staticcheck: native and js/wasm" staticcheck_both
}

test() {
	static
	check "install: Chromium" install_chromium
	CHROMIUM=$(find_chromium) && export CHROMIUM
	check "install: npm packages of the Worker" install_node_modules wasm/oracle
	check "build: the page and the Worker" worker
	check "sizes" sizes
	check "Go tests, native" go_tests
	check "Go tests, js/wasm under Node" go_tests_wasm
	check "the page's modules, under Node" node_tests e2e/unit/
	check "the page in Chromium, with axe" npx playwright test
	check "the oracle, served and as a Worker" node_tests wasm/oracle/test/budget.test.js wasm/oracle/test/oracle.test.js
	summary
}

summary() {
	echo
	printf '%s\n' "${report[@]}"
	echo
	echo "$passed passed, $failed failed"
	((failed == 0))
}

# fuzz runs every fuzz target natively; their seeds run in every test.
fuzz() {
	local time=${1:-10s} file target
	git grep -Eo '^func Fuzz\w+' -- '*_test.go' | while IFS=: read -r file target; do
		echo "== ${target#func } in $(dirname "$file")"
		go test -run='^$' -fuzz="^${target#func }\$" -fuzztime="$time" "./$(dirname "$file")"
	done
}

bench() {
	mkdir -p $bin
	install_node_modules .
	install_node_modules bench
	install_chromium
	wasm ./wasm/bench $bin/bench.wasm
	go -C tools build -o ../$bin/ github.com/evanw/esbuild/cmd/esbuild
	$bin/esbuild bench/node_modules/ml-cart/src/index.js --bundle --format=esm --log-level=error --outfile=$bin/ml-cart.js
	cp "$(go env GOROOT)/lib/wasm/wasm_exec.js" $bin/
	node bench/run.js "$@"
}

bench_worker() {
	install_node_modules wasm/oracle
	worker
	node wasm/oracle/bench.js "$@"
}

measure() {
	build
	install_node_modules .
	install_chromium
	node e2e/measure.js "$@"
}

case ${1:-} in
check) static; summary ;; # no "&&": it would switch off -e inside static
bench-worker) bench_worker "${@:2}" ;;
serve | build | worker | test | bench | measure | fuzz) "$@" ;;
*) sed -n '2,14s/^# \{0,1\}//p' build.sh; exit 2 ;;
esac
