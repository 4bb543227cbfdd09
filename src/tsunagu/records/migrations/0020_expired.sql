-- As in 0011_deletion.sql, and what was laid down before is looked at: nobody ends a case by calling it expired.
DROP POLICY by_two ON erasure;
CREATE POLICY by_two ON erasure AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK (
    exhibit_id IS NOT NULL
    OR begun_by_id IS NULL AND ground = 'erased-before'
    OR begun_by_id IS NULL AND ground = 'expired' AND EXISTS (
        SELECT FROM "case" WHERE "case".id = erasure.case_id AND keep_until < (now() AT TIME ZONE 'UTC')::date)
    OR EXISTS (SELECT FROM proposal WHERE kind = 'case-deletion' AND settled_at IS NOT NULL
               AND terms ->> 'case' = erasure.case_id::text AND terms ->> 'ground' = erasure.ground
               AND confirmed_by_id = erasure.begun_by_id));
