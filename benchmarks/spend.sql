-- The peer of benchmarks/spend.py: the same spend as one hand-written function in the database.
CREATE FUNCTION spend(who text, series text, episode text, price bigint, name text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  w wallets; l lots; t bigint; taken bigint; owed bigint := price;
  paid_part bigint := 0; bonus_part bigint := 0; house bigint[];
BEGIN
  SELECT * INTO w FROM wallets WHERE viewer_id = who AND brand_id = 'b' FOR NO KEY UPDATE;
  IF EXISTS (SELECT 1 FROM txns WHERE scope = 'b:' || who || ':unlock' AND key = name) THEN
    RETURN 'replay';
  END IF;
  IF EXISTS (SELECT 1 FROM entitlements WHERE viewer_id = who AND brand_id = 'b'
             AND kind = 'episode' AND ref = episode AND source = 'coin' AND revoked_at IS NULL) THEN
    RETURN 'owned';
  END IF;
  IF w.debt > 0 THEN RETURN 'debt'; END IF;
  IF w.paid + w.bonus < price THEN RETURN 'insufficient'; END IF;
  t := nextval('txns_id_seq');
  INSERT INTO txns (id, kind, brand_id, wallet_id, actor, scope, key, request_hash, market, channel,
                    effective_at, recorded_at, note)
  VALUES (t, 'unlock', 'b', w.id, 'viewer', 'b:' || who || ':unlock', name,
          encode(sha256(convert_to(who || series || episode, 'UTF8')), 'hex'), 'US', 'web',
          now(), now(), '');
  FOR l IN SELECT * FROM lots WHERE wallet_id = w.id AND is_open
           AND (expires_at IS NULL OR expires_at > now())
           ORDER BY coalesce(expires_at, 'infinity'), source = 'paid', id LOOP
    taken := least(l.remaining, owed);
    INSERT INTO lot_uses (txn_id, lot_id, amount) VALUES (t, l.id, taken);
    UPDATE lots SET remaining = remaining - taken, is_open = remaining > taken WHERE id = l.id;
    IF l.source = 'paid' THEN paid_part := paid_part + taken; ELSE bonus_part := bonus_part + taken; END IF;
    owed := owed - taken;
    EXIT WHEN owed = 0;
  END LOOP;
  SELECT array_agg(id ORDER BY role) INTO house FROM accounts
   WHERE owner_type = 'series' AND owner_id = series AND unit = 'COIN' AND brand_id = 'b' AND market = '';
  INSERT INTO postings (txn_id, seq, account_id, unit, amount)
  SELECT t, seq, account, 'COIN', amount FROM (VALUES
    (1, w.paid_account_id, -paid_part), (2, w.bonus_account_id, -bonus_part),
    (3, house[2], paid_part), (4, house[1], bonus_part)) AS p(seq, account, amount)
  WHERE amount <> 0;
  UPDATE wallets SET paid = paid - paid_part, bonus = bonus - bonus_part, version = version + 1
   WHERE id = w.id;
  INSERT INTO entitlements (viewer_id, brand_id, series_id, kind, ref, source, coins, txn_id, starts_at)
  VALUES (who, 'b', series, 'episode', episode, 'coin', price, t, now());
  INSERT INTO outbox (topic, key, payload, made_at)
  VALUES ('unlocked', name, json_build_object('viewer', who, 'brand', 'b', 'series', series,
          'refs', json_build_array(episode)), now());
  RETURN 'ok';
END $$;
