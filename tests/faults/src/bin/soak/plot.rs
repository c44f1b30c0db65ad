use std::error::Error;
use std::path::Path;

use plotters::prelude::{
    BLACK, ChartBuilder, Color, IntoDrawingArea, LineSeries, PathElement, RED, RGBColor, SVGBackend, WHITE,
};

use crate::sample::Sample;

/// A line in a chart.
struct Line {
    name: &'static str,
    color: RGBColor,
    value: fn(&Sample) -> f64,
}

/// Draws four charts over time, one above the other.
pub(crate) fn draw(path: &Path, name: &str, samples: &[Sample]) -> Result<(), Box<dyn Error>> {
    let root = SVGBackend::new(path, (900, 1120)).into_drawing_area();
    root.fill(&WHITE)?;
    let charts: [(&str, &[Line]); 4] = [
        ("resident memory, MiB", &[Line { name: "memory", color: BLUE, value: |of| of.memory as f64 / MIB }]),
        ("files, MiB", &[Line { name: "files", color: BLUE, value: |of| of.size as f64 / MIB }]),
        (
            "milliseconds",
            &[
                Line { name: "accept, median", color: BLUE, value: |of| of.accept.median },
                Line { name: "accept, p99", color: RED, value: |of| of.accept.p99 },
                Line { name: "until handled, median", color: GREEN, value: |of| of.handle.median },
                Line { name: "the machine's own speed", color: GREY, value: |of| of.machine },
            ],
        ),
        (
            "events",
            &[
                Line { name: "that are not done", color: BLUE, value: |of| of.backlog as f64 },
                Line { name: "left out", color: GREY, value: |of| of.left_out as f64 },
            ],
        ),
    ];
    let minutes = |sample: &Sample| sample.at.as_secs_f64() / 60.0;
    let end = samples.last().map_or(1.0, minutes);
    for (area, (title, lines)) in root.split_evenly((4, 1)).iter().zip(charts) {
        let values = samples.iter().flat_map(|sample| lines.iter().map(|line| (line.value)(sample)));
        let top = values.fold(1.0, f64::max) * 1.1;
        let mut chart = ChartBuilder::on(area)
            .caption(format!("{name}: {title}"), ("sans-serif", 18))
            .margin(8)
            .x_label_area_size(30)
            .y_label_area_size(60)
            .build_cartesian_2d(0.0..end, 0.0..top)?;
        chart.configure_mesh().x_desc("minutes").draw()?;
        for Line { name, color, value } in lines {
            let points = samples.iter().map(|sample| (minutes(sample), value(sample)));
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

const MIB: f64 = 1024.0 * 1024.0;
const BLUE: RGBColor = RGBColor(31, 84, 158);
const GREEN: RGBColor = RGBColor(40, 130, 60);
const GREY: RGBColor = RGBColor(120, 120, 120);
