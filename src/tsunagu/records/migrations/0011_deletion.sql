-- Nobody erases a whole case alone: two people agreed to it, or the machine does what was laid down before.
CREATE POLICY by_two ON erasure AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK (
    exhibit_id IS NOT NULL
    OR begun_by_id IS NULL AND ground IN ('expired', 'erased-before')
    OR EXISTS (SELECT FROM proposal WHERE kind = 'case-deletion' AND settled_at IS NOT NULL
               AND terms ->> 'case' = erasure.case_id::text AND terms ->> 'ground' = erasure.ground
               AND confirmed_by_id = erasure.begun_by_id));

-- Columns, and no index over expressions: row-level security lets an index be asked by leakproof comparisons alone.
SET ROLE :ledger:;
ALTER TABLE ledger.entry ADD COLUMN case_id uuid GENERATED ALWAYS AS ((body::jsonb ->> 'case')::uuid) STORED,
    ADD COLUMN officer_id uuid GENERATED ALWAYS AS ((body::jsonb ->> 'officer')::uuid) STORED;
CREATE INDEX entry_case ON ledger.entry (case_id, number) WHERE case_id IS NOT NULL;
CREATE INDEX entry_officer ON ledger.entry (officer_id, number) WHERE officer_id IS NOT NULL;
RESET ROLE;
