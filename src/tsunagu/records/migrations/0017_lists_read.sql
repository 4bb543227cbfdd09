-- Reading a list is one deed, whose entry names the cases that the list told of: it is found by each of them.
SET ROLE :ledger:;
CREATE FUNCTION ledger.cases_of(body text) RETURNS uuid[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
    SELECT array_agg(one::uuid) FROM jsonb_array_elements_text(body::jsonb -> 'cases') AS one
$$;
CREATE INDEX entry_cases ON ledger.entry USING gin (ledger.cases_of(body)) WITH (fastupdate = off)
    WHERE body::jsonb ? 'cases';

-- A function, for row-level security lets no index be asked whether arrays overlap: it keeps to the agency itself.
CREATE FUNCTION ledger.lists_naming(wanted uuid[], but_of uuid, below bigint, most bigint)
RETURNS TABLE (number bigint, body text, hash bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT number, body, hash FROM ledger.entry
    WHERE agency_id = current_setting('tsunagu.agency')::uuid
      AND body::jsonb ? 'cases' AND ledger.cases_of(body) && wanted
      AND (but_of IS NULL OR officer_id <> but_of) AND (below IS NULL OR entry.number < below)
    ORDER BY number DESC LIMIT most
$$;
REVOKE ALL ON FUNCTION ledger.cases_of(text), ledger.lists_naming(uuid[], uuid, bigint, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.lists_naming(uuid[], uuid, bigint, bigint) TO :app:;
RESET ROLE;
