//! Activities and tasks: what they set off, reminders, recurrence.

use crm_core::domain::activity::{Activity, ActivityKind, ActivityType, Direction, KindCode, Position};
use crm_core::domain::lead::Lead;
use crm_core::domain::notice::Notification;
use crm_core::domain::opportunity::Opportunity;
use crm_core::domain::party::Customer;
use crm_core::domain::task::{CheckTask, CreateTask, Every, Recurrence, Task};
use crm_core::engine::flows::advance::{CancelTask, FinishTask};
use crm_core::engine::flows::edit::{CreateRecord, UpdateRecord};
use crm_core::engine::flows::log_activity::{FollowUp, LogActivity, Logged};
use crm_core::prelude::*;

use crate::deal::{World, at, create, fields};

fn log(about: RecordRef, kind: ActivityKind, direction: Option<Direction>) -> LogActivity {
    LogActivity {
        about,
        kind: KindCode::from(kind),
        direction,
        at: None,
        minutes: Some(10),
        contact: None,
        participants: vec![],
        subject: "首次联系".into(),
        text: String::new(),
        outcome: "接通".into(),
        position: None,
        next: None,
    }
}

fn task(subject: &str) -> CreateTask {
    CreateTask {
        subject: subject.into(),
        owner: None,
        collaborators: vec![],
        due_at: None,
        priority: None,
        reminder_at: None,
        recurrence: None,
        checklist: vec![],
        about: None,
        text: String::new(),
    }
}

fn finish(world: &World, task: TaskId) -> Result<Option<TaskId>> {
    let done = world.mine().execute(FinishTask { task, outcome: String::new(), revision: None })?;
    Ok(done.tasks.first().copied())
}

fn inbox(world: &World) -> Vec<String> {
    let query = Query::of(Notification::SPEC.kind).filter(Filter::equals("user", world.clerk));
    let page = world.crm.system().list::<Notification>(&query).unwrap();
    page.items.into_iter().map(|message| format!("{} {}", message.topic, message.subject)).collect()
}

#[test]
fn an_activity_touches_what_it_is_about() {
    let world = World::new();
    let deal: OpportunityId =
        create(&world.mine(), &[("name", "MES".into()), ("customer", world.customer.into())]);
    world.on("2025-01-05");
    let mut call = log(deal.record(), ActivityKind::Call, Some(Direction::Out));
    let due_at = at("2025-01-12T02:00:00Z");
    call.next =
        Some(FollowUp { subject: "报价".into(), due_at, owner: None, priority: None, reminder_at: None });
    let Logged { activity, task } = world.mine().execute(call).unwrap();
    let made: Activity = world.mine().get(activity).unwrap();
    assert_eq!((made.by, made.next_follow_up), (Some(world.clerk), Some(due_at)));
    let follow_up: Task = world.mine().get(task.unwrap()).unwrap();
    assert_eq!((follow_up.about, follow_up.state.as_str()), (Some(deal.record()), "open"));
    let deal: Opportunity = world.mine().get(deal).unwrap();
    assert_eq!(deal.last_activity_at, made.at);
    let customer: Customer = world.mine().get(world.customer).unwrap();
    assert_eq!((customer.last_activity_at, customer.follow_up_at), (made.at, Some(due_at)));

    // An older one that is noted later changes nothing.
    let mut older = log(world.customer.record(), ActivityKind::Visit, None);
    older.at = Some(at("2024-12-01T02:00:00Z"));
    world.mine().execute(older).unwrap();
    assert_eq!(world.mine().get::<Customer>(world.customer).unwrap().last_activity_at, made.at);
}

#[test]
fn our_first_answer_begins_the_following_of_a_lead() {
    let world = World::new();
    let lead: LeadId = create(&world.mine(), &[("name", "夏铁军".into()), ("owner", world.clerk.into())]);
    let read = || world.mine().get::<Lead>(lead).unwrap();
    world.on("2025-01-02");
    world.mine().execute(log(lead.record(), ActivityKind::Form, Some(Direction::In))).unwrap();
    assert_eq!((read().first_response_at, read().state == "following"), (None, false));
    world.on("2025-01-03");
    world.mine().execute(log(lead.record(), ActivityKind::Call, Some(Direction::Out))).unwrap();
    assert_eq!(
        (read().first_response_at, read().state.as_str()),
        (Some(at("2025-01-03T02:00:00Z")), "following")
    );
    world.on("2025-01-04");
    world.mine().execute(log(lead.record(), ActivityKind::Call, Some(Direction::Out))).unwrap();
    assert_eq!(read().first_response_at, Some(at("2025-01-03T02:00:00Z")));
    assert_eq!(read().last_activity_at, Some(at("2025-01-04T02:00:00Z")));
}

#[test]
fn what_an_activity_may_be() {
    let world = World::new();
    let refused = |change: &dyn Fn(&mut LogActivity)| {
        let mut activity = log(world.customer.record(), ActivityKind::Visit, None);
        change(&mut activity);
        world.mine().execute(activity).map(|_| ()).map_err(|error| error.code().to_owned())
    };
    assert_eq!(refused(&|_| ()), Ok(()));
    assert_eq!(refused(&|visit| visit.minutes = Some(-15)), Err("activity.length_negative".into()));
    assert_eq!(refused(&|visit| visit.kind = KindCode("pigeon".into())), Err("activity.kind_unknown".into()));
    assert_eq!(refused(&|visit| visit.about = LeadId::from_u128(9).record()), Err("record.not_found".into()));
    let nowhere = Position { latitude: 91.into(), longitude: 0.into(), accuracy: None };
    assert_eq!(
        refused(&|visit| visit.position = Some(nowhere.clone())),
        Err("activity.position_out_of_range".into())
    );

    // A tenant adds a kind; it goes by its code in any case.
    let own = |code: &str| {
        let fields = fields(&[("code", code.into()), ("zh", "飞鸽传书".into())]);
        world.crm.system().execute(CreateRecord { kind: ActivityType::SPEC.kind, fields })
    };
    assert_eq!(own("call").unwrap_err().code(), "activity.kind_taken");
    own("pigeon").unwrap();
    let mut pigeon = log(world.customer.record(), ActivityKind::Visit, None);
    pigeon.kind = KindCode("Pigeon".into());
    let logged = world.mine().execute(pigeon).unwrap();
    assert_eq!(world.mine().get::<Activity>(logged.activity).unwrap().kind.0, "pigeon");
    // As plain fields, as an import gives them, it goes by its labels too.
    let plain = [
        ("kind", "飞鸽传书".into()),
        ("at", world.crm.now().into()),
        ("about", world.customer.record().into()),
    ];
    let plain: ActivityId = create(&world.mine(), &plain);
    assert_eq!(world.mine().get::<Activity>(plain).unwrap().kind.0, "pigeon");
}

#[test]
fn a_task_is_reminded_of_once_for_each_reminder() {
    let world = World::new();
    let mut call = task("电话回访");
    call.reminder_at = Some(at("2025-01-02T00:00:00Z"));
    call.due_at = Some(at("2025-01-02T08:00:00Z"));
    let call = world.mine().execute(call).unwrap();
    world.crm.run_due(10).unwrap();
    assert_eq!(inbox(&world), Vec::<String>::new());
    world.on("2025-01-02");
    assert_eq!(world.crm.run_due(10).unwrap().done, 1);
    assert_eq!(inbox(&world), ["task.reminder 电话回访"]);
    // Put off: the old due work does nothing, the new one reminds again.
    let later = |day: &str| {
        let reminder = at(&format!("{day}T00:00:00Z"));
        let fields = fields(&[("reminder_at", reminder.into())]);
        world.mine().execute(UpdateRecord { record: call.record(), revision: None, fields }).unwrap();
    };
    later("2025-01-04");
    later("2025-01-06");
    world.on("2025-01-05");
    world.crm.run_due(10).unwrap();
    assert_eq!(inbox(&world).len(), 1);
    world.on("2025-01-06");
    world.crm.run_due(10).unwrap();
    assert_eq!(inbox(&world).len(), 2);
    // Done: nobody is reminded.
    later("2025-01-08");
    finish(&world, call).unwrap();
    world.on("2025-01-08");
    assert_eq!(world.crm.run_due(10).unwrap().failed.len(), 0);
    assert_eq!(inbox(&world).len(), 2);
}

#[test]
fn a_task_comes_again_when_it_is_done() {
    let world = World::new();
    let mut report = task("月报");
    report.due_at = Some(at("2025-01-31T02:00:00Z"));
    report.reminder_at = Some(at("2025-01-30T02:00:00Z"));
    report.recurrence =
        Some(Recurrence { unit: Every::Month, every: 1, until: "2025-03-31".parse().ok(), day: None });
    report.checklist = vec!["数据".into(), "图表".into()];
    let first = world.mine().execute(report).unwrap();
    let check = |task, item| CheckTask { task, item, done: true, revision: None };
    world.mine().execute(check(first, 1)).unwrap();
    assert_eq!(world.mine().execute(check(first, 2)).unwrap_err().code(), "task.no_such_item");

    world.on("2025-02-03");
    let second = finish(&world, first).unwrap().unwrap();
    let done: Task = world.mine().get(first).unwrap();
    assert_eq!((done.state.as_str(), done.done_by, done.recurrence), ("done", Some(world.clerk), None));
    let next: Task = world.mine().get(second).unwrap();
    assert_eq!(next.due_at, Some(at("2025-02-28T02:00:00Z")));
    assert_eq!(next.reminder_at, Some(at("2025-02-27T02:00:00Z")));
    assert_eq!((next.repeats, next.checklist[1].done, next.done_at), (Some(first), None, None));
    world.on("2025-02-28");
    let third = finish(&world, second).unwrap().unwrap();
    assert_eq!(world.mine().get::<Task>(third).unwrap().due_at, Some(at("2025-03-31T02:00:00Z")));
    world.on("2025-03-31");
    assert_eq!(finish(&world, third).unwrap(), None);
    assert_eq!(finish(&world, third).unwrap_err().code(), "lifecycle.already_there");

    let mut weekly = task("周会");
    weekly.recurrence = Some(Recurrence { unit: Every::Week, every: 1, until: None, day: None });
    let weekly = world.mine().execute(weekly).unwrap();
    let cancel = CancelTask { task: weekly, reason: String::new(), revision: None };
    assert_eq!(world.mine().execute(cancel).unwrap().tasks, []);
    let mut never = task("never");
    never.recurrence = Some(Recurrence { unit: Every::Day, every: 0, until: None, day: None });
    assert_eq!(world.mine().execute(never).unwrap_err().code(), "task.recurrence_empty");
}

#[test]
fn what_is_overdue_is_a_list() {
    let world = World::new();
    for (subject, due) in [("late", "2025-01-02"), ("later", "2025-01-03"), ("ahead", "2025-02-01")] {
        let mut task = task(subject);
        task.due_at = Some(at(&format!("{due}T00:00:00Z")));
        world.mine().execute(task).unwrap();
    }
    world.on("2025-01-10");
    let overdue = "state = \"open\" and due_at < now".parse().unwrap();
    let query = Query::of(Task::SPEC.kind).filter(overdue).sort("due_at");
    let found = world.mine().list::<Task>(&query).unwrap().items;
    assert_eq!(found.iter().map(|task| task.subject.as_str()).collect::<Vec<_>>(), ["late", "later"]);
    assert!(found.iter().all(|task| task.is_overdue(world.crm.now())));
}
