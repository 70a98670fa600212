//! The company that the data set is about: settings, pipeline, roles, people, products, customers.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use crm_core::base::Currency;
use crm_core::base::{Kind, kind};
use crm_core::domain::org::{
    ChangeSettings, CreateDepartment, CreateTeam, CreateUser, DefineLifecycle, DefineRole, Grant,
};
use crm_core::domain::party::CreateCustomer;
use crm_core::prelude::*;
use crm_core::record::action::Scope;
use crm_core::record::lifecycle;
use rust_decimal::Decimal;

use super::files::{Account, Agent, Files};
use crate::{Outcome, fields};

/// The stages that the data set knows. The probabilities only weight the board.
const PIPELINE: &str = "
pipeline:
  name: hardware
  stages:
    - {name: Prospecting, probability: 10%}
    - {name: Engaging, probability: 50%}
    - {name: Won, probability: 100%}
    - {name: Lost, probability: 0%}
";

/// The company, ready for work.
#[derive(Clone, Debug, Default)]
pub struct Office {
    /// Who sees everything.
    pub director: Option<UserId>,
    /// The managers by name.
    pub managers: BTreeMap<String, UserId>,
    /// The agents by name.
    pub agents: BTreeMap<String, UserId>,
    /// The products by name, with the list price.
    pub products: BTreeMap<String, (ProductId, Money)>,
    /// The customers by name.
    pub customers: BTreeMap<String, CustomerId>,
}

/// An amount in dollars.
pub fn dollars(amount: Decimal) -> Money {
    Money::new(amount, Currency::USD)
}

impl Office {
    /// Sets the company up as its files say.
    ///
    /// # Errors
    /// What a command answers that is refused.
    pub fn open(crm: &Crm, files: &Files) -> Outcome<Office> {
        let system = crm.system();
        system.execute(ChangeSettings {
            zone: Some("UTC".into()),
            region: Some("US".into()),
            currency: Some(Currency::USD),
            ..ChangeSettings::default()
        })?;
        let definition = lifecycle::load(PIPELINE).map_err(|faults| format!("{faults:?}"))?;
        system.execute(DefineLifecycle { definition, default: true, map: BTreeMap::new() })?;
        let mut office = Office::default();
        office.hire(&system, &files.agents)?;
        for product in &files.products {
            let price = dollars(product.sales_price);
            let record = system.execute(CreateRecord {
                kind: kind::Product::NO,
                fields: fields([
                    ("code", product.product.as_str().into()),
                    ("name", product.product.as_str().into()),
                    ("category", product.series.as_str().into()),
                    ("price", price.into()),
                ]),
            })?;
            let id = record.as_id().ok_or("no product")?;
            office.products.insert(product.product.clone(), (id, price));
        }
        office.file_customers(&system, &files.accounts)?;
        Ok(office)
    }

    /// Departments by region, and in each the managers with a team of agents.
    fn hire(&mut self, system: &Session<'_>, agents: &[Agent]) -> Outcome {
        let [director, manager, agent] = roles(system)?;
        let sales = system.execute(CreateDepartment { name: "Sales".into(), parent: None })?;
        let person = |name: &str, department, manager, role| CreateUser {
            login: name.to_lowercase().replace(' ', "."),
            name: name.to_owned(),
            department: Some(department),
            manager,
            roles: vec![role],
            ..CreateUser::default()
        };
        let head = system.execute(person("Sales Director", sales, None, director))?;
        self.director = Some(head);
        let mut regions = BTreeMap::new();
        let mut teams: BTreeMap<&str, Vec<UserId>> = BTreeMap::new();
        for row in agents {
            let region = match regions.get(&row.regional_office) {
                Some(region) => *region,
                None => {
                    let name = row.regional_office.clone();
                    let region = system.execute(CreateDepartment { name, parent: Some(sales) })?;
                    regions.insert(row.regional_office.clone(), region);
                    region
                }
            };
            let leader = match self.managers.get(&row.manager) {
                Some(leader) => *leader,
                None => {
                    let leader = system.execute(person(&row.manager, region, Some(head), manager))?;
                    self.managers.insert(row.manager.clone(), leader);
                    leader
                }
            };
            let user = system.execute(person(&row.sales_agent, region, Some(leader), agent))?;
            self.agents.insert(row.sales_agent.clone(), user);
            teams.entry(&row.manager).or_default().push(user);
        }
        for (manager, members) in teams {
            system.execute(CreateTeam { name: format!("{manager}'s team"), members })?;
        }
        Ok(())
    }

    /// Customers without owner: any agent sells to any of them.
    fn file_customers(&mut self, system: &Session<'_>, accounts: &[Account]) -> Outcome {
        // Sectors that the engine's own list of industries doesn't have are added to it.
        let mut sectors: Vec<&str> = accounts.iter().map(|account| account.sector.as_str()).collect();
        sectors.sort_unstable();
        sectors.dedup();
        for sector in sectors.into_iter().filter(|sector| !["technology", "retail"].contains(sector)) {
            let names = fields([("code", sector.into()), ("en", sector.into())]);
            system.execute(CreateRecord { kind: kind::Industry::NO, fields: names })?;
        }
        for account in accounts {
            let customer = system.execute(CreateCustomer {
                name: account.account.clone(),
                industry: account.sector.clone(),
                country: account.office_location.clone(),
                employees: Some(account.employees),
                annual_revenue: Some(dollars(account.revenue * Decimal::from(1_000_000))),
                // The file knows the year; its first day stands for it.
                founded_on: NaiveDate::from_ymd_opt(account.year_established, 1, 1),
                ..CreateCustomer::default()
            })?;
            self.customers.insert(account.account.clone(), customer);
        }
        for account in accounts.iter().filter(|account| !account.subsidiary_of.is_empty()) {
            let record = self.customers.get(&account.account).ok_or("no customer")?.record();
            let parent = self.customers.get(&account.subsidiary_of).ok_or("no parent")?;
            let fields = fields([("parent", (*parent).into())]);
            system.execute(UpdateRecord { record, revision: None, fields })?;
        }
        Ok(())
    }
}

/// What directors, managers and agents may do.
fn roles(system: &Session<'_>) -> Outcome<[RoleId; 3]> {
    use Action::{Create, Move, Read, Update};
    let grant = |kind: &str, actions: &[Action], scope| Grant {
        kind: kind.to_owned(),
        actions: actions.to_vec(),
        scope,
    };
    let define = |name: &str, deals: Scope| {
        system.execute(DefineRole {
            name: name.to_owned(),
            grants: vec![
                grant("opportunity", &[Create, Read, Update, Move], deals),
                grant("customer", &[Read], Scope::All),
                grant("product", &[Read], Scope::All),
                grant("user", &[Read], Scope::All),
            ],
            ..DefineRole::default()
        })
    };
    Ok([
        define("director", Scope::All)?,
        define("manager", Scope::Subordinates)?,
        define("agent", Scope::Own)?,
    ])
}
