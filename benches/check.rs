//! Measures natively what parsing and a whole check cost for pipelines of several sizes (the difference is
//! conversion, evaluation and the report), and what a check costs by the number of steps. `node.mjs` measures the
//! same pipelines in the module.

#![allow(
    missing_docs,
    reason = "the macro of Criterion writes a public function"
)]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use document::Limits;
use harness_image_guard::{Config, Guard, SourceFile};

const HEAD: &str = include_str!("pipeline/head.yaml");
const STAGE: &str = include_str!("pipeline/stage.yaml");
const SHORT_STAGE: &str = include_str!("pipeline/short-stage.yaml");
const SHORT_STEP: &str = include_str!("pipeline/short-step.yaml");

const MAX_FILE_BYTES: usize = 1 << 30;

/// Stages with six steps each, about 5 KB per stage. In real pipelines, a step takes about 1 KB.
fn pipeline(stages: usize) -> String {
    let mut text = HEAD.to_owned();
    for i in 0..stages {
        text.push_str(&numbered(STAGE, i));
    }
    text
}

/// Stages with a hundred short steps each.
fn steps_only(steps: usize) -> String {
    let mut text = HEAD.to_owned();
    for i in 0..steps {
        if i % 100 == 0 {
            text.push_str(&numbered(SHORT_STAGE, i / 100));
        }
        text.push_str(&numbered(SHORT_STEP, i));
    }
    text
}

fn numbered(text: &str, number: usize) -> String {
    text.replace("NUMBER", &number.to_string())
}

#[expect(clippy::expect_used, reason = "a benchmark has no use for an error")]
fn guard() -> Guard {
    Guard::new(Config::default())
        .expect("the policies that the crate carries")
        .with_max_file_bytes(MAX_FILE_BYTES)
}

fn by_size(criterion: &mut Criterion) {
    let guard = guard();
    for stages in [2, 17, 190] {
        let text = pipeline(stages);
        let mut group = criterion.benchmark_group(format!("{} KB", text.len() / 1000));
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function("parse", |bencher| {
            bencher.iter(|| document::parse(black_box(&text), &Limits::default()));
        });
        let files = [SourceFile::text("pipeline.yaml", text.clone())];
        group.bench_function("check", |bencher| {
            bencher.iter(|| guard.check(black_box(&files)));
        });
        group.finish();
    }
}

fn by_steps(criterion: &mut Criterion) {
    let guard = guard();
    let mut group = criterion.benchmark_group("steps");
    group.sample_size(10);
    for steps in [100, 1_000, 10_000, 100_000] {
        let files = [SourceFile::text("pipeline.yaml", steps_only(steps))];
        group.throughput(Throughput::Elements(steps as u64));
        group.bench_function(BenchmarkId::from_parameter(steps), |bencher| {
            bencher.iter(|| guard.check(black_box(&files)));
        });
    }
    group.finish();
}

criterion_group!(benches, by_size, by_steps);
criterion_main!(benches);
