# `make help` lists what there is. Everything works on a fresh Debian 12 with Swift 6.3: missing packages are installed.

SWIFT ?= swift
# Where `make install` installs to; DESTDIR stands in front of it.
PREFIX ?= /usr/local
FORMATTED := Sources Tests Package.swift

.DEFAULT_GOAL := help
.PHONY: help run test bench profile soak build install schemas oracles lint format clean toolchain

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1	\2/p' $(MAKEFILE_LIST) | expand -t 16

run: toolchain ## build, start the webhook, send it requests, check manifests
	@scripts/install-packages.sh build run
	@scripts/run.sh

test: toolchain ## run all tests
	@scripts/install-packages.sh build run
	-@scripts/install-packages.sh test
	$(SWIFT) build --build-tests
	$(SWIFT) test

bench: toolchain ## measure, beside nginx
	@scripts/install-packages.sh build run bench
	@scripts/bench.sh

profile: toolchain ## where the webhook's time goes, by stage and thread
	@scripts/install-packages.sh build run profile
	$(SWIFT) build --configuration release --product policy-webhook
	@scripts/profile-webhook.py --binary "$$($(SWIFT) build --configuration release --show-bin-path)/policy-webhook"

soak: toolchain ## run the webhook under load while things go wrong, SOAK_SECONDS (600) long
	@scripts/install-packages.sh build run
	-@scripts/install-packages.sh test
	$(SWIFT) build --configuration release --product policy-webhook
	@scripts/soak.py --binary "$$($(SWIFT) build --configuration release --show-bin-path)/policy-webhook" all

build: toolchain ## build the release executables
	@scripts/install-packages.sh build
	$(SWIFT) build --configuration release

install: build ## install executables, manual page and completions below PREFIX (/usr/local)
	scripts/install.sh "$$($(SWIFT) build --configuration release --show-bin-path)" "$(DESTDIR)$(PREFIX)"

schemas: ## regenerate the built-in types FROM a directory of OpenAPI documents
	python3 scripts/generate-schemas.py "$(FROM)" > BuiltInSchemas.swift.new
	mv BuiltInSchemas.swift.new Sources/KubernetesSchemas/BuiltInSchemas.swift

oracles: ## install the Python packages that some tests compare with
	python3 -m venv .build/oracles
	.build/oracles/bin/pip install --quiet --requirement scripts/oracles.txt

lint: toolchain ## check the formatting of the sources
	$(SWIFT) format lint --strict --recursive $(FORMATTED)

format: toolchain ## format the sources in place
	$(SWIFT) format --in-place --recursive $(FORMATTED)

clean: ## remove what was built
	rm -rf .build run

toolchain:
	@command -v $(SWIFT) >/dev/null || { echo "$(SWIFT) is not on the PATH; install Swift 6.3: https://www.swift.org/install/linux/" >&2; exit 1; }
