//! Simulated disks that lose power or fail.
