//! What single steps cost, without a network: `cargo bench -p harbor-testkit --features micro --bench micro`.
//!
//! Everything is done on what a simulated Harbor sends, so that no step works on anything more convenient.

mod samples;

use std::error::Error;
use std::hint::black_box;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput};
use harbor_ext::analysis::{ArtifactFilter, ArtifactReport, FindingFilter, Index, Pattern};
use harbor_ext::model::{FindingPool, Severity, decode};
use harbor_ext::version::{self, Scheme, VersionRange};

use samples::Samples;

fn main() -> Result<(), Box<dyn Error>> {
    let samples = Samples::fetch()?;
    let mut criterion = Criterion::default().sample_size(20).configure_from_args();
    decoding(&mut criterion, &samples);
    pooling(&mut criterion, &samples);
    index(&mut criterion, &samples.report);
    filters(&mut criterion, &samples.report)?;
    versions(&mut criterion);
    criterion.final_summary();
    Ok(())
}

/// One report of 150 findings, or the report of an index of two images with the same 150.
fn decoding(criterion: &mut Criterion, samples: &Samples) {
    let mut group = criterion.benchmark_group("decode");
    for (name, body) in [("image", &samples.reports[0]), ("index with digests", &samples.report_of_index)] {
        group.throughput(Throughput::Bytes(body.len() as u64));
        group.bench_function(BenchmarkId::new("cold pool", name), |bencher| {
            bencher.iter_batched_ref(FindingPool::new, |pool| decode::report(body, pool), BatchSize::SmallInput);
        });
        let pool = FindingPool::new();
        group.bench_function(BenchmarkId::new("warm pool", name), |bencher| {
            bencher.iter(|| decode::report(black_box(body), &pool));
        });
    }
    group.finish();
}

/// Many reports that share their findings, into one pool that knows none of them: what comes first in a crawl.
fn pooling(criterion: &mut Criterion, samples: &Samples) {
    let mut group = criterion.benchmark_group("pool");
    let bytes: usize = samples.reports.iter().map(|body| body.len()).sum();
    group.throughput(Throughput::Bytes(bytes as u64));
    group.bench_function(BenchmarkId::new("reports into a new pool", samples.reports.len()), |bencher| {
        bencher.iter_batched_ref(
            FindingPool::new,
            |pool| samples.reports.iter().map(|body| decode::report(body, pool)).filter(Result::is_ok).count(),
            BatchSize::LargeInput,
        );
    });
    group.finish();
}

fn index(criterion: &mut Criterion, report: &ArtifactReport) {
    let mut group = criterion.benchmark_group("index");
    group.bench_function("build", |bencher| bencher.iter_with_large_drop(|| Index::new(black_box(report))));
    let index = Index::new(report);
    let id = some_id(report);
    group.bench_function("look up", |bencher| bencher.iter(|| index.with_cve(black_box(&id)).artifacts().next()));
    group.bench_function("go through", |bencher| bencher.iter(|| index.with_cve(black_box(&id)).count()));
    group.finish();
}

fn filters(criterion: &mut Criterion, report: &ArtifactReport) -> Result<(), Box<dyn Error>> {
    let id = some_id(report);
    let urgent = FindingFilter::severity_at_least(Severity::High) & FindingFilter::fixable();
    let filters = [
        ("cve", FindingFilter::cve(&id)),
        ("severity and fix", urgent),
        ("pattern", FindingFilter::package_matching(Pattern::glob("library-1*")?)),
        ("version range", FindingFilter::version(VersionRange::parse(">=2.1.0, <5.4")?)),
        ("description", FindingFilter::description_contains("overflow archive")),
    ];
    let mut group = criterion.benchmark_group("filter");
    group.throughput(Throughput::Elements(report.findings().count() as u64));
    for (name, filter) in filters {
        let findings = report.findings();
        group.bench_function(BenchmarkId::new("findings", name), |bencher| {
            bencher.iter(|| findings.clone().matching(black_box(&filter)).count());
        });
        let filter = ArtifactFilter::has(filter);
        group.bench_function(BenchmarkId::new("artifacts", name), |bencher| {
            bencher.iter(|| report.matching(black_box(&filter)).len());
        });
    }
    group.finish();
    Ok(())
}

fn versions(criterion: &mut Criterion) {
    let pairs = [
        (Scheme::Dpkg, "1:2.36-9+deb12u4", "1:2.36-9+deb12u10"),
        (Scheme::Rpm, "1:3.0.7-24.el9_4.1", "1:3.0.7-27.el9"),
        (Scheme::Apk, "1.36.1-r15", "1.36.1_p2-r1"),
        (Scheme::Pep440, "2.0.0rc1", "2.0.0.post1"),
        (Scheme::SemVer, "1.10.0-beta.2", "1.10.0-beta.11"),
        (Scheme::Npm, "4.17.20", "4.17.21"),
        (Scheme::Maven, "2.13.4.2", "2.13.5-rc1"),
        (Scheme::Go, "v0.0.0-20220314234659-1baeb1ce4c0b", "v0.17.0"),
    ];
    let mut group = criterion.benchmark_group("compare versions");
    for (scheme, one, other) in pairs {
        group.bench_function(scheme.as_str(), |bencher| {
            bencher.iter(|| version::compare(scheme, black_box(one), black_box(other)));
        });
    }
    group.finish();
}

/// The identifier of a finding from the middle of the registry.
fn some_id(report: &ArtifactReport) -> String {
    let artifact = &report.artifacts()[report.len() / 2];
    artifact.findings().next().map(|finding| finding.get().id().to_owned()).unwrap_or_default()
}
