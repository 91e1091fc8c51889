//! Build times that ci prints and nobody is held to: figures to watch.

use anyhow::Result;

use crate::edit::{self, Edit};
use crate::{command, hundred, workspace};

/// Prints the cost of a changed handler and of a hundred endpoints.
pub(super) fn print() -> Result<()> {
    let build = || command::timed(command::cargo(&["build", "--quiet", "--package", "jewel-app"]));
    build()?;
    let handler = edit::file_with_handler(&workspace::root().join("jewel-app/src"))?;
    let changed = {
        let _edit = Edit::first_handler(&handler)?;
        build()?
    };
    println!("figure: incremental_build_s={changed:.1}");
    build()?;
    let folder = workspace::cache()?.join("hundred");
    let cost = hundred::measure(&folder, &workspace::target()?)?;
    println!("figure: endpoints_1_s={:.1}", cost.one);
    println!("figure: endpoints_100_s={:.1}", cost.hundred);
    println!("figure: endpoints_100_touch_s={:.1}", cost.touch);
    Ok(())
}
