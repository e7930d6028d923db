"""Says hello: curl 'http://localhost:8080/function/hello?name=Ebb'"""


def handler(event, context):
    name = event.query.get("name", "World")
    return f"Hello, {name}!\n"
