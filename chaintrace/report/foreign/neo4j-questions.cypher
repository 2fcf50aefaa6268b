// What an investigator asks of the graph that neo4j-load.cypher, or neo4j-admin, made. For Neo4j 5.26 (LTS) or newer
// without a plugin. Each question ends with a semicolon, and none changes anything.
//
// An integer of Neo4j has 64 bits, base units may have 256. So no question adds them as integers: the first two add in
// pieces of 13 digits, the last piece first, carry what is over, and set the decimal point. Their sums are exact. Where
// the decimals of an asset are not known (null) or more than 78, an amount is in base units.

// 1. What was paid: the payments from which the trace starts.
MATCH ()-[t:TRANSFER {rule: 'seed'}]->(n)
WITH t.origin AS origin, n.chain AS chain, t.asset AS asset, t.contract AS contract, t.decimals AS decimals,
    collect(t.traced_value) AS cells
WITH *, [cell IN cells | right('000000000000000000000000000000000000000000000000000000000000000000000000000000' + cell, 78)] AS padded
WITH *, reduce(done = ['', 0], at IN [65, 52, 39, 26, 13, 0] |
    head([part IN [reduce(sum = done[1], cell IN padded | sum + toInteger(substring(cell, at, 13)))] |
        [right('0000000000000' + toString(part % 10000000000000), 13) + done[0], part / 10000000000000]])) AS done
WITH *, toString(done[1]) + done[0] AS digits
WITH *, CASE WHEN decimals < size(digits) THEN decimals ELSE 0 END AS places
WITH *, left(digits, size(digits) - places) AS whole
WITH *, head([at IN range(0, size(whole) - 1) WHERE substring(whole, at, 1) <> '0']) AS first
RETURN origin, chain, asset, contract, decimals, size(cells) AS transfers,
    substring(whole, coalesce(first, size(whole) - 1)) +
        CASE WHEN places > 0 THEN '.' + right(digits, places) ELSE '' END AS traced_amount
ORDER BY origin, chain, asset, contract;

// 2. Where is it now: credited to a service, at rest, or not followed farther. What was returned, burned or paid as a
// fee is in reconciliation.csv alone.
MATCH (o:Outcome)
WITH o.kind AS kind, o.attributed_to AS attributed_to, o.category AS category, o.chain AS chain, o.asset AS asset,
    o.contract AS contract, o.decimals AS decimals, collect(o.traced_value) AS cells
WITH *, [cell IN cells | right('000000000000000000000000000000000000000000000000000000000000000000000000000000' + cell, 78)] AS padded
WITH *, reduce(done = ['', 0], at IN [65, 52, 39, 26, 13, 0] |
    head([part IN [reduce(sum = done[1], cell IN padded | sum + toInteger(substring(cell, at, 13)))] |
        [right('0000000000000' + toString(part % 10000000000000), 13) + done[0], part / 10000000000000]])) AS done
WITH *, toString(done[1]) + done[0] AS digits
WITH *, CASE WHEN decimals < size(digits) THEN decimals ELSE 0 END AS places
WITH *, left(digits, size(digits) - places) AS whole
WITH *, head([at IN range(0, size(whole) - 1) WHERE substring(whole, at, 1) <> '0']) AS first
RETURN kind, attributed_to, category, chain, asset, contract, decimals, size(cells) AS outcomes,
    substring(whole, coalesce(first, size(whole) - 1)) +
        CASE WHEN places > 0 THEN '.' + right(digits, places) ELSE '' END AS traced_amount
ORDER BY kind, attributed_to, category, chain, asset, contract;

// 3. Which ends are at which service, who says so, and how sure.
MATCH (e:Address)-[:OUTCOME]->(o:Outcome {kind: 'endpoint'})
RETURN o.attributed_to AS attributed_to, o.category AS category, e.chain AS chain, e.name AS address,
    o.label_source AS label_source, o.confidence AS confidence, o.origin AS origin, o.asset AS asset,
    o.traced_amount AS traced_amount, o.reason AS reason
ORDER BY attributed_to, chain, address, origin, asset;

// 4. The shortest ways from a payment to each end, step by step, from the address that it was made to (who made it has
// the role 'payer'). A way is made of links: only where they are in the
// order of time can value have gone it from one end to the other.
MATCH (p:Address) WHERE 'payment' IN p.roles
MATCH (e:Address) WHERE 'endpoint' IN e.roles AND p <> e
WITH p, e
MATCH way = allShortestPaths((p)-[:TRANSFER|INPUT|CONVERSION*1..30]->(e))
RETURN p.name AS payment, e.name AS endpoint, e.attributed_to AS attributed_to, length(way) AS steps,
    [n IN nodes(way) | n.name] AS places, [t IN relationships(way) | t.txid] AS txids,
    [t IN relationships(way) | t.traced_amount] AS traced_amounts, [t IN relationships(way) | t.asset] AS assets,
    all(at IN range(0, length(way) - 2)
        WHERE relationships(way)[at].time <= relationships(way)[at + 1].time) AS in_order_of_time
ORDER BY steps, endpoint, payment, txids;

// 5. What was not followed, and why: the largest values of each asset first.
MATCH (o:Outcome {kind: 'not followed'})
RETURN o.chain AS chain, o.asset AS asset, o.contract AS contract, o.traced_amount AS traced_amount, o.origin AS origin,
    o.address AS address, o.outpoint AS outpoint, o.reason AS reason
ORDER BY chain, asset, contract, size(o.traced_value) DESC, o.traced_value DESC;

// 6. Where value of several payments meets.
MATCH ()-[t:TRANSFER]->(n)
WITH n, collect(DISTINCT t.origin) AS origins, count(t) AS transfers
WHERE size(origins) > 1
RETURN n.chain AS chain, n.name AS place, n.attributed_to AS attributed_to, origins, transfers
ORDER BY size(origins) DESC, place;

// 7. The transfers in the order of time. One whose time is not known comes last.
MATCH (a)-[t:TRANSFER|CONVERSION]->(b)
RETURN t.time AS time, t.height AS height, a.name AS source, b.name AS target, t.asset AS asset,
    t.traced_amount AS traced_amount, t.origin AS origin, t.rule AS rule, t.txid AS txid
ORDER BY time, height, txid, t.index;
