/**
 * The objects that the database needs, once: a table and the function that commits. It can be run again, and beside a version that is
 * in use. `npx express-sms-otp migrate` prints or runs it.
 *
 * The function takes an advisory lock for each key, in the order of their hashes, before it looks at the time and at the
 * rows: so commits over the same keys come one after the other, and none waits for one that waits for it. Each statement
 * of a VOLATILE function sees what was committed before it, but only under READ COMMITTED: any other isolation is refused.
 * A commit that only reads is one statement, and needs no lock. All checks come before the first write, and a commit that changes
 * nothing makes none: a server that takes no writes still answers it. Plans are kept for
 * a connection: without the settings one that was made for an empty table would read all rows of a full one.
 */
export const MIGRATION = `
BEGIN;
SELECT pg_advisory_xact_lock(hashtextextended('express_sms_otp', 0));

CREATE TABLE IF NOT EXISTS express_sms_otp (
  key text PRIMARY KEY,
  held text NOT NULL,
  ends_at bigint NOT NULL
) WITH (fillfactor = 70);
CREATE INDEX IF NOT EXISTS express_sms_otp_ends_at ON express_sms_otp (ends_at);

CREATE OR REPLACE FUNCTION express_sms_otp_commit_1(letters text, keys text[], facts text[]) RETURNS text
LANGUAGE plpgsql VOLATILE SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $body$
DECLARE
  now_ms bigint;
  was text[];
  had bigint[];
  kept text[];
  ends bigint[];
  refused int := 0;
  at int := 1;
  slot int;
  letter text;
  part bigint[];
  charged float8;
  lock_hash bigint;
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION USING ERRCODE = 'ES001', MESSAGE = 'express_sms_otp needs READ COMMITTED';
  END IF;
  IF letters ~ '[^r]' THEN
    FOR lock_hash IN SELECT DISTINCT hashtextextended(key, 0) FROM unnest(keys) AS key ORDER BY 1 LOOP
      PERFORM pg_advisory_xact_lock(lock_hash);
    END LOOP;
  END IF;
  now_ms := floor(extract(epoch FROM clock_timestamp()) * 1000);
  SELECT array_agg(t.held ORDER BY k.i), array_agg(t.ends_at ORDER BY k.i) INTO was, had
    FROM unnest(keys) WITH ORDINALITY AS k(key, i)
    LEFT JOIN express_sms_otp AS t ON t.key = k.key AND t.ends_at > now_ms;
  kept := was;
  ends := had;
  FOR i IN 1..cardinality(keys) LOOP
    letter := substr(letters, i, 1);
    slot := array_position(keys, keys[i]);
    IF letter = 'c' OR letter = 'f' THEN
      IF left(kept[slot], 1) <> '#' THEN
        RAISE EXCEPTION USING ERRCODE = 'ES002', MESSAGE = 'a step counts on a key that holds a value';
      END IF;
      part := string_to_array(substr(kept[slot], 2), ' ')::bigint[];
      IF letter = 'c' THEN
        IF coalesce(part[1], 0) + 1 > facts[at + 1]::float8 THEN
          refused := i;
          EXIT;
        ELSIF part IS NULL THEN
          kept[slot] := '#1 ' || now_ms || ' ' || facts[at];
          ends[slot] := now_ms + facts[at]::bigint;
        ELSE
          kept[slot] := '#' || part[1] + 1 || ' ' || part[2] || ' ' || part[3];
        END IF;
        at := at + 2;
      ELSE
        charged := coalesce(nullif(facts[at], '')::float8, part[2]);
        IF part IS NOT NULL AND charged >= part[2] AND charged < part[2] + part[3] THEN
          kept[slot] := CASE WHEN part[1] > 1 THEN '#' || part[1] - 1 || ' ' || part[2] || ' ' || part[3] END;
        END IF;
        at := at + 1;
      END IF;
    ELSIF letter = 'e' THEN
      IF kept[slot] IS DISTINCT FROM nullif(facts[at], '') THEN
        refused := i;
        EXIT;
      END IF;
      at := at + 1;
    ELSIF letter = 'w' OR (letter = 'n' OR letter = 's') AND kept[slot] IS NULL THEN
      kept[slot] := facts[at];
      ends[slot] := now_ms + facts[at + 1]::bigint;
      at := at + 2;
    ELSIF letter = 's' THEN
      at := at + 2;
    ELSIF letter = 'n' OR letter = 'd' AND kept[slot] IS NULL THEN
      refused := i;
      EXIT;
    ELSIF letter = 'd' THEN
      kept[slot] := NULL;
    END IF;
  END LOOP;
  IF refused = 0 AND (kept, ends) IS DISTINCT FROM (was, had) THEN
    DELETE FROM express_sms_otp AS t
      USING generate_subscripts(keys, 1) AS i
      WHERE t.key = keys[i] AND was[i] IS NOT NULL AND kept[i] IS NULL AND i = array_position(keys, keys[i]);
    INSERT INTO express_sms_otp AS t (key, held, ends_at)
      SELECT keys[i], kept[i], ends[i] FROM generate_subscripts(keys, 1) AS i
      WHERE kept[i] IS NOT NULL AND i = array_position(keys, keys[i])
        AND (kept[i], ends[i]) IS DISTINCT FROM (was[i], had[i])
      ON CONFLICT (key) DO UPDATE SET held = excluded.held, ends_at = excluded.ends_at;
  END IF;
  RETURN json_build_object('refused', refused, 'now', now_ms, 'found', coalesce(was, '{}'));
END
$body$;
COMMIT;
`.trimStart();
