//! What an actor may do with a kind of record.

crate::choice! {
    /// An action that a role grants on a kind of record.
    pub enum Action {
        /// See records.
        Read "read" "Read" "查看",
        /// Create records.
        Create "create" "Create" "新建",
        /// Change fields.
        Update "update" "Update" "编辑",
        /// Delete records.
        Delete "delete" "Delete" "删除",
        /// Give records an owner.
        Assign "assign" "Assign" "分配",
        /// Move records along their lifecycle.
        Move "move" "Move" "推进",
        /// Take records from a public pool.
        Claim "claim" "Claim" "领取",
        /// Give records back to a public pool.
        Release "release" "Release" "退回",
        /// Convert leads.
        Convert "convert" "Convert" "转化",
        /// Bring records in from files.
        Import "import" "Import" "导入",
        /// Take records out to files.
        Export "export" "Export" "导出",
        /// Read the journal of records.
        Audit "audit" "Audit" "审计",
    }
}
crate::choice_fields!(Action);

crate::choice! {
    /// Which records of a kind a role reaches.
    #[derive(Default)]
    pub enum Scope {
        /// One's own.
        Own "own" "Own" "本人",
        /// One's own and one's subordinates'.
        #[default]
        Subordinates "subordinates" "Own and subordinates'" "本人及下属",
        /// Those of one's department.
        Department "department" "Department" "本部门",
        /// Those of one's department and of departments below.
        DepartmentBelow "department_below" "Department and below" "本部门及下级",
        /// All.
        All "all" "All" "全部",
    }
}
crate::choice_fields!(Scope);

crate::choice! {
    /// What a role may do with a field.
    pub enum FieldAccess {
        /// It does not exist for the role.
        Hidden "hidden" "Hidden" "隐藏",
        /// It shows in part: 138****0000.
        Masked "masked" "Masked" "脱敏",
        /// It can't be written.
        ReadOnly "read_only" "Read-only" "只读",
    }
}
crate::choice_fields!(FieldAccess);
