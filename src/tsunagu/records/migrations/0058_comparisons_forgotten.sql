-- Why a comparison was asked for, and what it found, goes while something of its case, or of a case that its series rests
-- on, is being erased; not with the erasure of any other.
DO $$
DECLARE
    being_erased text := '(comparison."case" IN (SELECT erasure.case_id FROM erasure WHERE erasure.ended_at IS NULL) '
        'OR comparison.series IN (SELECT own.id FROM series own WHERE own.root_id IN ('
        'SELECT tied.root_id FROM erasure JOIN series_case ON series_case.case_id = erasure.case_id '
        'JOIN series tied ON tied.id = series_case.series_id WHERE erasure.ended_at IS NULL)))';
BEGIN
    DROP POLICY not_erased ON comparison;
    EXECUTE 'CREATE POLICY not_erased ON comparison AS RESTRICTIVE FOR UPDATE TO :app: USING (erased_at IS NULL OR '
            || being_erased || ') WITH CHECK (true)';
    DROP POLICY being_erased ON comparison_hit;
    EXECUTE 'CREATE POLICY being_erased ON comparison_hit AS RESTRICTIVE FOR DELETE TO :app: USING (EXISTS (SELECT FROM '
            'comparison WHERE comparison.id = comparison_hit.comparison_id AND ' || being_erased || '))';
END
$$;

-- A reason is emptied, and never becomes another one; nothing else changes of what was said to be erased there.
CREATE FUNCTION comparison_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a comparison that was asked for stays as it is' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER reason_stays BEFORE UPDATE OF reason ON comparison FOR EACH ROW
    WHEN (NEW.reason IS DISTINCT FROM OLD.reason AND NEW.reason <> '') EXECUTE FUNCTION comparison_stays();
CREATE TRIGGER erased_stays BEFORE UPDATE ON comparison FOR EACH ROW
    WHEN (OLD.erased_at IS NOT NULL AND (NEW.erased_at, NEW.answered_at, NEW.withdrawn_at)
          IS DISTINCT FROM (OLD.erased_at, OLD.answered_at, OLD.withdrawn_at)) EXECUTE FUNCTION comparison_stays();
