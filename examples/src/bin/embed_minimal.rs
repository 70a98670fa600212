//! The fewest lines that embed the engine: open a store, capture a lead, convert it, read it back.

use crm_core::prelude::*;
use crm_store_redb::RedbStore;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).unwrap_or("crm.redb".into());
    let crm = Crm::open(RedbStore::open(path)?, Host::system())?;
    let desk = crm.system();

    let lead = LeadDraft {
        name: "夏铁军".into(),
        company: "温州筠野光电有限公司".into(),
        phones: vec!["180 0000 9549".into()],
        need: "质检数据想接进现有 ERP".into(),
        ..LeadDraft::default()
    };
    let captured = desk.execute(CaptureLead { lead, ..CaptureLead::default() })?;
    let lead = captured.lead.ok_or("the lead is known already: it was noted on its customer")?;

    let converted = desk.execute(ConvertLead::new(lead))?;
    let customer = converted.customer.ok_or("no customer")?;

    let customer: Customer = desk.get(customer)?;
    println!("{} {}", customer.name, customer.meta.id);
    Ok(())
}
