"""JSON in, JSON out: curl -H 'Content-Type: application/json' -d '{"name": "Ebb"}' http://localhost:8080/function/greet-json"""


def handler(event, context):
    person = event.data or {}
    if not isinstance(person, dict) or "name" not in person:
        return {"error": "send a JSON object with a name"}, 422
    return {"greeting": f"Hello, {person['name']}!"}
