// JSON in, JSON out: curl -H 'Content-Type: application/json' -d '{"name": "Ebb"}' http://localhost:8080/function/greet-json
module.exports = async (event, context) => {
  const { name } = event.data || {};
  if (!name) {
    return { statusCode: 422, body: { error: 'send a JSON object with a name' } };
  }
  return { greeting: `Hello, ${name}!` };
};
