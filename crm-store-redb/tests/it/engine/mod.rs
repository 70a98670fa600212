//! The engine on redb: power cuts, failing disks, kills, threads, damage, other formats, backups.

mod backup;
mod damage;
mod failing_disk;
mod fixture;
mod kill;
mod opening;
mod pages;
mod play;
mod power_cut;
mod threads;
mod world;
