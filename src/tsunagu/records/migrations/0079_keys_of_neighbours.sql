-- Every item has its key computed anew, without the tree of keys, which is sooner built once than kept up. The owner is
-- bound by row-level security.
ALTER TABLE bank_item NO FORCE ROW LEVEL SECURITY;
ALTER TABLE bank_item DROP CONSTRAINT bank_item_once;
UPDATE bank_item SET key = encode(
    substr(coalesce(md5, sha1, sha256, pdq), 1, 4)
    || substr(sha256(coalesce('\x10'::bytea || md5, '\x00') || coalesce('\x14'::bytea || sha1, '\x00')
                     || coalesce('\x20'::bytea || sha256, '\x00') || coalesce('\x20'::bytea || pdq, '\x00')), 1, 12),
    'hex')::uuid
WHERE key IS NOT NULL;
ALTER TABLE bank_item ADD CONSTRAINT bank_item_once UNIQUE (bank_id, key);
ALTER TABLE bank_item FORCE ROW LEVEL SECURITY;
