// What Neo4j's own analysis of Cypher says, the server's code compiled to JavaScript by its makers.
// In: texts, the names that a database has, a version of Cypher. Out: of each text what is wrong with it, and how many
// statements it has. The functions are those of a database without a plugin, and there are no procedures.
import { readFileSync } from 'node:fs';
import { lintCypherQuery, testData } from '@neo4j-cypher/language-support';

const { texts, schema, version } = JSON.parse(readFileSync(0, 'utf8'));
const named = Object.entries(testData.mockSchema.functions[version]);
const functions = { [version]: Object.fromEntries(named.filter(([, one]) => one.isBuiltIn)) };
const known = { ...schema, functions, procedures: { [version]: {} }, defaultLanguage: version };
const analysed = (text) => {
  const { diagnostics, symbolTables } = lintCypherQuery(text, known);
  return { faults: diagnostics.map((one) => one.message), statements: symbolTables.length };
};
process.stdout.write(JSON.stringify(texts.map(analysed)));
