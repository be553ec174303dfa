# Needs rustup, make, and Node 20.19, or 22.12 or later, with npm. Installs everything else in the versions below.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.NOTPARALLEL:
.SUFFIXES:

wasm_pack_version := 0.15.1
cargo_deny_version := 0.20.2
cargo_cyclonedx_version := 0.5.9
# As in Cargo.toml: the two halves of wasm-bindgen speak to each other in no fixed format.
wasm_bindgen_version := $(shell sed -n 's/^wasm-bindgen = "=\(.*\)"$$/\1/p' Cargo.toml)

export PATH := $(CURDIR)/.tools/bin:$(PATH)

# A build server must not resolve versions itself, and has no use for the 2 GB that make the next build faster.
ifdef CI
locked := --locked
export CARGO_INCREMENTAL := 0
endif

bindings := pkg/dist/wasm
wasm := $(bindings)/harness_image_guard_bg.wasm
# The second module also reads Rego; it is loaded only for users' policies.
authoring_bindings := pkg/dist/authoring
authoring := $(authoring_bindings)/harness_image_guard_bg.wasm
# Written last, after the types of all that is in the package have been checked.
command := pkg/dist/pages/errors.md
# What `explain` prints.
pages := docs/errors.md docs/lint.md scripts/copy-pages.mjs $(wildcard policies/*/rule.md policies/*/rule.rego) \
	pkg/schema/harness-image-guard.schema.json
tests := pkg/.test/api.test.js
site := www/dist/index.html
site_tests := www/.test/site.js
npm_packages := node_modules/.package-lock.json

rust_sources := $(wildcard Cargo.toml Cargo.lock build.rs rust-toolchain.toml) \
	$(shell find crates src -type f) policies/data.json $(shell find policies -name '*.rego')
typescript_sources := pkg/tsconfig.json $(shell find pkg/src -name '*.ts')
test_sources := pkg/test/tsconfig.json $(shell find pkg/test -name '*.ts')
site_sources := README.md $(wildcard docs/*.md) www/index.html www/vite.config.ts $(shell find www/src www/build www/public www/examples www/docs -type f) \
	$(shell find policies -name '*.rego' -o -name '*.md' -o -name '*.yaml')
site_test_sources := $(shell find www/test -type f)

.PHONY: audit fuzz reproducible sbom build demo playground test test-rust test-wasm test-size size-report test-speed speed-budget test-policies test-node test-trust test-conformance test-www conformance compare-rego bench soak clean pictures rust tools node chromium registry valgrind instructions

build: $(wasm) $(authoring) $(command)

## Shows the findings in examples/. Findings mean exit code 1, which is expected here.
# Without the second module, the types of what loads it can't be checked; `build` checks them.
demo: $(wasm) $(npm_packages)
	$(step) "Building the command" node_modules/.bin/tsc --project pkg --noCheck
	node scripts/bundle-check.mjs pkg/dist pkg/dist
	@status=0; npx --no -- harness-image-guard check examples || status=$$?; \
	[ $$status = 1 ] || { echo "make demo: findings (exit code 1) were expected, not $$status" >&2; exit 1; }

## Serves the playground, and prints its address.
playground: $(site)
	cd www && npx --no -- vite preview

test: test-rust test-wasm test-size test-speed test-policies test-node test-trust test-conformance test-www

test-rust: rust $(npm_packages)
	cargo fmt --all --check
	cargo clippy $(locked) --all-targets -- -D warnings
	cargo clippy $(locked) --workspace --features authoring --all-targets -- -D warnings
	RUSTFLAGS="-D warnings" cargo check $(locked) --target wasm32-unknown-unknown --features authoring
	cargo test $(locked)
	cargo test $(locked) --workspace --features authoring --doc
	cargo test $(locked) --workspace --features authoring --lib
	@# With --workspace, as above: otherwise features are resolved differently, and all is compiled again.
	cargo test $(locked) --workspace --features authoring --test it authoring::

# wasm-pack would first compile all other tests, which it doesn't run.
test_wasm = CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER=wasm-bindgen-test-runner \
	cargo test $(locked) --target wasm32-unknown-unknown --test wasm

test-wasm: rust tools chromium
	$(test_wasm)
	@# The same tests in a browser; without this variable they would be skipped.
	WASM_BINDGEN_USE_BROWSER=1 CHROMEDRIVER="$$(command -v chromedriver)" $(test_wasm)

test-size: $(wasm) $(authoring)
	node scripts/size-budget.mjs size-budget.json wasm_brotli_bytes $(wasm)
	node scripts/size-budget.mjs size-budget.json authoring_brotli_bytes $(authoring)

## Prints the size of the checking module's code by crate, and its largest functions.
size-report: rust node
	cargo build $(locked) --release --target wasm32-unknown-unknown --lib
	node scripts/size-report.mjs $(or $(CARGO_TARGET_DIR),target)/wasm32-unknown-unknown/release/harness_image_guard.wasm

## Counts the instructions of a check, which don't depend on the machine's load: at most a twentieth above the budget.
test-speed: instructions valgrind
	node scripts/speed-budget.mjs speed-budget.json $(instructions)

## Makes the present count the budget of test-speed.
speed-budget: instructions valgrind
	node scripts/speed-budget.mjs speed-budget.json $(instructions) --write

## Our own commands on our own policies. Here their tests run on the evaluator of users' Rego; `cargo test` runs them on the machine of the rules.
test-policies: build
	npx --no -- harness-image-guard fmt --list --fail policies
	@# `export` writes each policy, with all that it uses, into one module: outside-module doesn't apply.
	npx --no -- harness-image-guard lint --strict --oldest-opa 0.59 --disable outside-module policies
	npx --no -- harness-image-guard test --ignore '*.yaml' policies

# If this variable names certificates, each Node process reads them at its start, which takes longer than most tests.
node_test := env -u NODE_EXTRA_CA_CERTS node --test

# Tests that need a real registry say so if there is none.
test-node: build $(tests) registry
	@# By default Node leaves one core idle: half of two.
	$(node_test) --test-concurrency="$$(node -p 'os.availableParallelism()')" pkg/.test/*.test.js

## Doubles shapes of files, which may take at most 2.6 times as long; and checks that hostile files take no more time and
## memory than a build server has.
test-trust: build
	node benches/growth/run.mjs --short
	$(node_test) --test-concurrency=1 tests/trust/*.test.mjs

## OPA's own cases; without Go, only says that nothing was compared.
test-conformance: build
	@if command -v go >/dev/null; then $(MAKE) conformance; else \
		echo "OPA's own cases were not compared: they need Go"; fi

## The built site, as a person uses it.
test-www: $(site) $(site_tests) chromium
	node scripts/size-budget.mjs size-budget.json page_wasm_brotli_bytes www/dist/assets/harness_image_guard_bg-*.wasm
	$(node_test) --test-concurrency=1 www/.test/*.test.js

## Writes screenshots of every view of the page, at three widths, light and dark, to www/pictures.
pictures: $(site) $(site_tests) chromium
	node scripts/page-pictures.mjs

## OPA's own cases, of the versions that we follow, through the Node interface. Go fetches them.
conformance: build
	cd tests/opa/reference && for version in v0.70.0:test v1.22.2:v1/test; do \
		folder="$$(go mod download -json "github.com/open-policy-agent/opa@$${version%:*}" | \
			sed -n 's/^\t"Dir": "\(.*\)",$$/\1/p')/$${version#*:}/cases/testdata"; \
		rego=v1; [ "$${version%:*}" != v0.70.0 ] || rego=v0; \
		CGO_ENABLED=0 go run "-modfile=opa-$${version%:*}.mod" ./conformance "$$folder" "$$rego" | \
			node ../../conformance/run.mjs --verbose "$$rego"; \
	done

## Fuzzes each target for FUZZ_SECONDS, and then compares random policies with OPA.
fuzz: rust
	nice scripts/fuzz $(or $(FUZZ_SECONDS),3600) $(FUZZ_TARGETS)
	@if command -v go >/dev/null; then \
		$(MAKE) compare-rego RANDOM_SEED=$(or $(RANDOM_SEED),$$(date +%s)); else \
		echo "no policies were compared with OPA's answers: that needs Go"; fi

## Checks licenses, sources and duplicates of all crates, and known vulnerabilities, if the lists can be fetched.
audit: rust
	@scripts/install-tool cargo-deny cargo-deny $(cargo_deny_version) --locked
	cargo deny --locked check licenses bans sources
	scripts/audit-advisories

## Writes bills of materials, as CycloneDX, to target/sbom.
sbom: rust node
	@scripts/install-tool cargo-cyclonedx cargo-cyclonedx $(cargo_cyclonedx_version) --locked
	scripts/sbom $(or $(CARGO_TARGET_DIR),target)/sbom

## Builds both modules in two other folders, and compares the bytes. Takes twice as long as a build.
reproducible: rust tools
	scripts/reproducible

## Compares random policies with OPA: RANDOM_RUNS of them, from RANDOM_SEED on.
compare-rego: rust
	RANDOM_RUNS=$(or $(RANDOM_RUNS),10000) SAMPLES_EVERY=1 cargo test $(locked) --release --features authoring \
		--test it rego_opa:: -- --nocapture

bench: build
	cargo bench $(locked) --bench check
	for bench in benches/*.mjs; do node "$$bench"; node benches/support/busy.mjs "$$bench"; done

## The shapes of test-trust, larger, each in a process of its own; and load on `serve`.
soak: build
	node benches/growth/run.mjs
	node benches/edge/soak.mjs

## Removes what was built, but not .tools and node_modules, which take minutes to install and are pinned.
clean:
	rm -rf target pkg/dist pkg/.test www/dist www/.test www/pictures

# Runs a command, and prints what it is for and how long it took.
step := @scripts/step

$(wasm): $(rust_sources) | rust tools
	$(step) "Building the module that checks" scripts/build-module $(bindings) $(locked)
	touch $@

$(authoring): $(rust_sources) | rust tools
	$(step) "Building the module that reads Rego" scripts/build-module $(authoring_bindings) $(locked) --features authoring
	touch $@

$(command): $(typescript_sources) pkg/package.json scripts/bundle-check.mjs scripts/bundle-entries.mjs $(pages) $(wasm) $(authoring) $(npm_packages)
	node_modules/.bin/tsc --project pkg
	node scripts/bundle-check.mjs pkg/dist pkg/dist
	node scripts/bundle-entries.mjs pkg pkg/dist/node
	node scripts/copy-pages.mjs pkg/dist/pages
	touch $@

$(tests): $(test_sources) $(command)
	node_modules/.bin/tsc --project pkg/test
	touch $@

$(site): $(site_sources) $(command)
	for part in www www/src/worker www/build; do node_modules/.bin/tsc --project "$$part"; done
	cd www && npx --no -- vite build
	touch $@

$(site_tests): $(site_test_sources) $(command)
	node_modules/.bin/tsc --project www/test
	touch $@

$(npm_packages): package.json package-lock.json pkg/package.json www/package.json | node
	$(step) "Fetching npm's packages" npm ci
	touch $@

# Without link-time optimization it is built in a third of the time, and growth shows all the same.
instructions := $(or $(CARGO_TARGET_DIR),target)/release/instructions
instructions: rust node
	CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 cargo build $(locked) --release --package instructions

rust:
	@scripts/install-rust

tools: rust
	@scripts/install-tool wasm-pack wasm-pack $(wasm_pack_version) --locked
	@# Its own lock file no longer builds.
	@scripts/install-tool wasm-bindgen wasm-bindgen-cli $(wasm_bindgen_version)

node:
	@scripts/require-node 20.19

chromium:
	@scripts/install-chromium

registry:
	@scripts/install-registry

valgrind:
	@scripts/install-valgrind
