use std::error::Error;
use std::path::Path;

use plotters::prelude::{
    BLACK, ChartBuilder, Color, IntoDrawingArea, LineSeries, PathElement, RED, RGBColor, SVGBackend, WHITE,
};

use super::measure::Second;

/// A line in a chart.
struct Line {
    name: &'static str,
    color: RGBColor,
    value: fn(&Second) -> f64,
}

/// Draws rates and latencies over time, one chart above the other.
pub(super) fn draw(path: &Path, name: &str, seconds: &[Second]) -> Result<(), Box<dyn Error>> {
    let root = SVGBackend::new(path, (900, 640)).into_drawing_area();
    root.fill(&WHITE)?;
    let charts: [(&str, &[Line]); 2] = [
        (
            "events per second",
            &[
                Line { name: "acknowledged", color: BLUE, value: |of| of.acknowledged as f64 },
                Line { name: "failed", color: RED, value: |of| of.failed as f64 },
            ],
        ),
        (
            "latency, milliseconds",
            &[
                Line { name: "p50", color: BLUE, value: |of| of.latency_ms.p50 },
                Line { name: "p90", color: GREEN, value: |of| of.latency_ms.p90 },
                Line { name: "p99", color: RED, value: |of| of.latency_ms.p99 },
            ],
        ),
    ];
    let end = seconds.last().map_or(1.0, |last| last.second as f64).max(1.0);
    for (area, (title, lines)) in root.split_evenly((2, 1)).iter().zip(charts) {
        let values = seconds.iter().flat_map(|second| lines.iter().map(|line| (line.value)(second)));
        let top = values.fold(1.0, f64::max) * 1.1;
        let mut chart = ChartBuilder::on(area)
            .caption(format!("{name}: {title}"), ("sans-serif", 18))
            .margin(8)
            .x_label_area_size(30)
            .y_label_area_size(60)
            .build_cartesian_2d(0.0..end, 0.0..top)?;
        chart.configure_mesh().x_desc("seconds").draw()?;
        for Line { name, color, value } in lines {
            let points = seconds.iter().map(|second| (second.second as f64, value(second)));
            chart
                .draw_series(LineSeries::new(points, color))?
                .label(*name)
                .legend(|(x, y)| PathElement::new([(x, y), (x + 16, y)], *color));
        }
        chart.configure_series_labels().background_style(WHITE.mix(0.8)).border_style(BLACK).draw()?;
    }
    root.present()?;
    Ok(())
}

const BLUE: RGBColor = RGBColor(31, 84, 158);
const GREEN: RGBColor = RGBColor(40, 130, 60);
