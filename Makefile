# What a maintainer runs. `make test` does what the README says; it needs Python 3.10 or later with `venv`.
.PHONY: run test lint doc bench

run:
	cargo run --release -p crm-examples --bin sales_year

test:
	cargo test --workspace
	crm-python/check

lint:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings

doc:
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps

bench:
	cargo bench -p crm-benches
