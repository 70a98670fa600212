"""Commands, lists and views as a session offers them. Written by `python -m generate`; do not edit."""

from __future__ import annotations

from dataclasses import field

from .activity import ActivityRoom, ActivityTypeRoom
from .catalog import PriceBookRoom, PriceRoom, ProductRoom
from .failed_work import FailedWorkRoom
from .forecast import ForecastRoom
from .insight import Insight
from .lead import AssignmentRoom, LeadChannelRoom, LeadRoom
from .model import ModelRoom
from .notice import NotificationRoom
from .opportunity import OpportunityRoom
from .org import (
    CustomFieldRoom,
    DepartmentRoom,
    LifecycleRoom,
    NumberingRoom,
    RoleRoom,
    SettingsRoom,
    ShareRoom,
    TeamRoom,
    UserRoom,
    ValidationRoom,
)
from .party import ContactLinkRoom, ContactRoom, CustomerRoom, IndustryRoom, RelationRoom
from .pool import ClaimTallyRoom, PoolRoom
from .records import FieldRoom, RecordRoom
from .rule import BehaviourRoom, RuleRoom, RuleRunRoom
from .target import TargetRoom
from .task import TaskRoom

__all__ = [
    "Rooms",
    "VALUES",
]


class Rooms:
    """All rooms, by name: what a session offers."""

    @property
    def activity(self) -> ActivityRoom:
        """Activity (互动记录)."""
        return ActivityRoom(self)

    @property
    def activity_type(self) -> ActivityTypeRoom:
        """Activity type (互动类型)."""
        return ActivityTypeRoom(self)

    @property
    def assignment(self) -> AssignmentRoom:
        """Assignment rule (分配规则)."""
        return AssignmentRoom(self)

    @property
    def behaviour(self) -> BehaviourRoom:
        """Behaviour (行为)."""
        return BehaviourRoom(self)

    @property
    def claim_tally(self) -> ClaimTallyRoom:
        """Claims of a day (领取计数)."""
        return ClaimTallyRoom(self)

    @property
    def contact(self) -> ContactRoom:
        """Contact (联系人)."""
        return ContactRoom(self)

    @property
    def contact_link(self) -> ContactLinkRoom:
        """Contact's post (任职关系)."""
        return ContactLinkRoom(self)

    @property
    def custom_field(self) -> CustomFieldRoom:
        """Custom field (自定义字段)."""
        return CustomFieldRoom(self)

    @property
    def customer(self) -> CustomerRoom:
        """Customer (客户)."""
        return CustomerRoom(self)

    @property
    def department(self) -> DepartmentRoom:
        """Department (部门)."""
        return DepartmentRoom(self)

    @property
    def failed_work(self) -> FailedWorkRoom:
        """Failed work (失败工作)."""
        return FailedWorkRoom(self)

    @property
    def field(self) -> FieldRoom:
        """Commands on any field."""
        return FieldRoom(self)

    @property
    def forecast(self) -> ForecastRoom:
        """Forecast (销售预测)."""
        return ForecastRoom(self)

    @property
    def industry(self) -> IndustryRoom:
        """Industry (行业)."""
        return IndustryRoom(self)

    @property
    def lead(self) -> LeadRoom:
        """Lead (线索)."""
        return LeadRoom(self)

    @property
    def lead_channel(self) -> LeadChannelRoom:
        """Lead channel (获客渠道)."""
        return LeadChannelRoom(self)

    @property
    def lifecycle(self) -> LifecycleRoom:
        """Lifecycle (状态机)."""
        return LifecycleRoom(self)

    @property
    def model(self) -> ModelRoom:
        """Model (预测模型)."""
        return ModelRoom(self)

    @property
    def notification(self) -> NotificationRoom:
        """Notification (通知)."""
        return NotificationRoom(self)

    @property
    def numbering(self) -> NumberingRoom:
        """Numbering rule (编号规则)."""
        return NumberingRoom(self)

    @property
    def opportunity(self) -> OpportunityRoom:
        """Opportunity (商机)."""
        return OpportunityRoom(self)

    @property
    def pool(self) -> PoolRoom:
        """Public pool (公海)."""
        return PoolRoom(self)

    @property
    def price(self) -> PriceRoom:
        """Price (价格)."""
        return PriceRoom(self)

    @property
    def price_book(self) -> PriceBookRoom:
        """Price book (价格表)."""
        return PriceBookRoom(self)

    @property
    def product(self) -> ProductRoom:
        """Product (产品)."""
        return ProductRoom(self)

    @property
    def record(self) -> RecordRoom:
        """Commands on any record."""
        return RecordRoom(self)

    @property
    def relation(self) -> RelationRoom:
        """Relation (关联关系)."""
        return RelationRoom(self)

    @property
    def role(self) -> RoleRoom:
        """Role (角色)."""
        return RoleRoom(self)

    @property
    def rule(self) -> RuleRoom:
        """Rule (规则)."""
        return RuleRoom(self)

    @property
    def rule_run(self) -> RuleRunRoom:
        """Rule run (规则执行)."""
        return RuleRunRoom(self)

    @property
    def settings(self) -> SettingsRoom:
        """Settings (设置)."""
        return SettingsRoom(self)

    @property
    def share(self) -> ShareRoom:
        """Sharing rule (共享规则)."""
        return ShareRoom(self)

    @property
    def target(self) -> TargetRoom:
        """Target (业绩目标)."""
        return TargetRoom(self)

    @property
    def task(self) -> TaskRoom:
        """Task (任务)."""
        return TaskRoom(self)

    @property
    def team(self) -> TeamRoom:
        """Team (团队)."""
        return TeamRoom(self)

    @property
    def user(self) -> UserRoom:
        """User (成员)."""
        return UserRoom(self)

    @property
    def validation(self) -> ValidationRoom:
        """Validation rule (校验规则)."""
        return ValidationRoom(self)

    @property
    def insight(self) -> Insight:
        """Views and analyses of what the actor sees."""
        return Insight(self)


VALUES: dict[str, tuple[str, ...]] = {
    "contact.create": ('custom',),
    "customer.create": ('custom',),
    "customer.move": ('fields',),
    "lead.move": ('fields',),
    "opportunity.advance": ('fields',),
    "record.create": ('fields',),
    "record.move": ('fields',),
    "record.update": ('fields',),
    "task.move": ('fields',),
}
