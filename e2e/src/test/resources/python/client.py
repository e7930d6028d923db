"""What the official Python client does with a cluster, done with Ebb. Any difference ends it with a traceback.

The environment says what to work with: NAMESPACE (empty), IMAGE (a function's), GATEWAY (its URL).
"""

import http.client
import os
import threading
import urllib.request

from kubernetes import client, config, dynamic, watch
from kubernetes.client.exceptions import ApiException
from kubernetes.dynamic.exceptions import ConflictError, NotFoundError
from kubernetes.stream import portforward

NAMESPACE = os.environ["NAMESPACE"]
IMAGE = os.environ["IMAGE"]
GATEWAY = os.environ["GATEWAY"]
SERVING = {"group": "serving.knative.dev", "version": "v1", "namespace": NAMESPACE, "plural": "services"}


def refused(status, reason, action):
    """Runs the action, which the server must refuse with this status and reason."""
    try:
        action()
    except ApiException as e:
        assert e.status == status, e
        assert f'"reason":"{reason}"' in e.body.replace(": ", ":"), e.body
        return
    raise AssertionError(f"not refused with {status} {reason}")


def config_map(name, **data):
    meta = client.V1ObjectMeta(name=name, labels={"made-by": "python"})
    return client.V1ConfigMap(metadata=meta, data=data)


def knative_service(name, target):
    container = {"image": IMAGE, "env": [{"name": "TARGET", "value": target}]}
    return {
        "apiVersion": "serving.knative.dev/v1",
        "kind": "Service",
        "metadata": {"name": name},
        "spec": {"template": {"spec": {"containers": [container]}}},
    }


def is_ready(service):
    """Ready for the generation that was asked for."""
    status = service.get("status", {})
    conditions = {c["type"]: c["status"] for c in status.get("conditions", [])}
    return conditions.get("Ready") == "True" and status.get("observedGeneration") == service["metadata"]["generation"]


def call(name):
    request = urllib.request.Request(GATEWAY, headers={"Host": f"{name}.{NAMESPACE}.localhost"})
    return urllib.request.urlopen(request, timeout=30).read().decode()


def typed_objects(core):
    """Create, read, update with a conflict, and every type of patch."""
    assert client.VersionApi().get_code().major == "1"
    core.create_namespaced_config_map(NAMESPACE, config_map("first", a="1"))
    refused(409, "AlreadyExists", lambda: core.create_namespaced_config_map(NAMESPACE, config_map("first")))
    refused(404, "NotFound", lambda: core.read_namespaced_config_map("nothing", NAMESPACE))
    refused(422, "Invalid", lambda: core.create_namespaced_config_map(NAMESPACE, config_map("No_Name")))

    first = core.read_namespaced_config_map("first", NAMESPACE)
    first.data["b"] = "2"
    changed = core.replace_namespaced_config_map("first", NAMESPACE, first)
    assert changed.data == {"a": "1", "b": "2"}, changed
    refused(409, "Conflict", lambda: core.replace_namespaced_config_map("first", NAMESPACE, first))

    patched = core.patch_namespaced_config_map("first", NAMESPACE, {"data": {"a": None, "c": "3"}})
    assert patched.data == {"b": "2", "c": "3"}, patched
    operations = [{"op": "test", "path": "/data/c", "value": "3"}, {"op": "remove", "path": "/data/b"}]
    patched = core.patch_namespaced_config_map("first", NAMESPACE, operations)
    assert patched.data == {"c": "3"}, patched
    kept = core.patch_namespaced_config_map("first", NAMESPACE, {"data": {"d": "4"}}, dry_run="All")
    assert kept.data == {"c": "3", "d": "4"}, kept
    assert core.read_namespaced_config_map("first", NAMESPACE).data == {"c": "3"}


def lists_in_pages(core):
    for number in range(7):
        core.create_namespaced_config_map(NAMESPACE, config_map(f"page-{number}"))
    names, token = [], None
    while True:
        page = core.list_namespaced_config_map(NAMESPACE, label_selector="made-by=python", limit=3, _continue=token)
        names += [item.metadata.name for item in page.items]
        token = page.metadata._continue
        if not token:
            break
    assert names == ["first"] + [f"page-{number}" for number in range(7)], names
    one = core.list_namespaced_config_map(NAMESPACE, field_selector="metadata.name=page-3")
    assert [item.metadata.name for item in one.items] == ["page-3"], one
    core.delete_collection_namespaced_config_map(NAMESPACE, label_selector="made-by=python")
    assert not core.list_namespaced_config_map(NAMESPACE, label_selector="made-by=python").items


def applies(core):
    """Server-side apply by two managers: the second is refused until it forces, and the first then lost it."""

    def apply(manager, value, **options):
        return core.patch_namespaced_config_map(
            "applied",
            NAMESPACE,
            {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "applied"}, "data": {"key": value}},
            field_manager=manager,
            _content_type="application/apply-patch+yaml",
            **options,
        )

    made = apply("one", "1")
    assert [entry.manager for entry in made.metadata.managed_fields] == ["one"], made
    refused(409, "Conflict", lambda: apply("two", "2"))
    assert apply("two", "2", force=True).data == {"key": "2"}
    refused(409, "Conflict", lambda: apply("one", "1"))


def custom_objects(custom):
    """A Knative Service from nothing to Ready, changed, and gone, as a watch tells it."""
    made = custom.create_namespaced_custom_object(**SERVING, body=knative_service("py", "Python"))
    assert made["metadata"]["generation"] == 1, made
    seen = watch_until(custom, "0", lambda event: is_ready(event["object"]))
    assert call("py") == "Python\n", call("py")

    operation = {"op": "replace", "path": "/spec/template/spec/containers/0/env/0/value", "value": "Monty"}
    changed = custom.patch_namespaced_custom_object(**SERVING, name="py", body=[operation], _content_type="application/json-patch+json")
    assert changed["metadata"]["generation"] == 2, changed
    seen = watch_until(custom, seen["metadata"]["resourceVersion"], lambda event: is_ready(event["object"]) and event["object"]["metadata"]["generation"] == 2)
    assert call("py") == "Monty\n", call("py")
    assert custom.get_namespaced_custom_object_status(**SERVING, name="py")["status"]["latestReadyRevisionName"] == "py-00002"

    custom.delete_namespaced_custom_object(**SERVING, name="py", propagation_policy="Foreground")
    watch_until(custom, seen["metadata"]["resourceVersion"], lambda event: event["type"] == "DELETED")
    refused(404, "NotFound", lambda: custom.get_namespaced_custom_object(**SERVING, name="py"))


def watch_until(custom, version, enough):
    stream = watch.Watch().stream(
        custom.list_namespaced_custom_object, **SERVING, field_selector="metadata.name=py", resource_version=version, timeout_seconds=30
    )
    events = []
    for event in stream:
        events.append((event["type"], event["object"].get("status")))
        if enough(event):
            return event["object"]
    raise AssertionError(f"the watch ended after {events}")


def pods_and_logs(core, custom):
    """Typed lists of what a Service owns; the log of its Pod, followed while it grows; its port, forwarded."""
    custom.create_namespaced_custom_object(**SERVING, body=knative_service("logs", "x"))
    stream = watch.Watch().stream(custom.list_namespaced_custom_object, **SERVING, timeout_seconds=30)
    assert any(is_ready(event["object"]) for event in stream if event["object"]["metadata"]["name"] == "logs")
    call("logs")
    selector = "serving.knative.dev/service=logs"
    running = (event["object"] for event in watch.Watch().stream(core.list_namespaced_pod, NAMESPACE, label_selector=selector, timeout_seconds=30))
    pod = next(pod for pod in running if pod.status.phase == "Running")
    assert pod.spec.containers[0].name == "user-container", pod
    assert client.AppsV1Api().list_namespaced_deployment(NAMESPACE).items[0].spec.replicas >= 1

    log = watch.Watch().stream(core.read_namespaced_pod_log, pod.metadata.name, NAMESPACE, container="user-container", since_seconds=600)
    assert next(line for line in log if "called" in line) == "I was called"
    later = threading.Timer(0.2, call, ["logs"])
    later.start()
    assert next(line for line in log if "called" in line) == "I was called"
    later.join()
    tail = core.read_namespaced_pod_log(pod.metadata.name, NAMESPACE, tail_lines=1, timestamps=True)
    assert tail.endswith("Z I was called\n") and tail.startswith("20"), tail

    forwarded = portforward(core.connect_get_namespaced_pod_portforward, pod.metadata.name, NAMESPACE, ports="8080")
    connection = http.client.HTTPConnection("pod", timeout=30)
    connection.sock = forwarded.socket(8080)
    connection.sock.setblocking(True)
    connection.request("GET", "/")
    assert connection.getresponse().read() == b"x\n"
    connection.close()


def discovered(api):
    """The dynamic client finds kinds by discovery."""
    services = dynamic.DynamicClient(api).resources.get(api_version="serving.knative.dev/v1", kind="Service")
    body = knative_service("dynamic", "Dyn")
    assert services.create(body=body, namespace=NAMESPACE).metadata.generation == 1
    applied = knative_service("dynamic", "Amo")
    try:
        services.server_side_apply(body=applied, name="dynamic", namespace=NAMESPACE, field_manager="dyn")
        raise AssertionError("the field of another manager was taken without force")
    except ConflictError:
        services.server_side_apply(body=applied, name="dynamic", namespace=NAMESPACE, field_manager="dyn", force_conflicts=True)
    for event in services.watch(namespace=NAMESPACE, name="dynamic", timeout=30):
        if is_ready(event["raw_object"]):
            break
    assert call("dynamic") == "Amo\n", call("dynamic")
    services.delete(name="dynamic", namespace=NAMESPACE)
    try:
        services.get(name="dynamic", namespace=NAMESPACE)
        raise AssertionError("still there")
    except NotFoundError:
        pass


def main():
    config.load_kube_config()
    core, custom = client.CoreV1Api(), client.CustomObjectsApi()
    typed_objects(core)
    lists_in_pages(core)
    applies(core)
    custom_objects(custom)
    pods_and_logs(core, custom)
    discovered(client.ApiClient())
    review = client.V1SelfSubjectAccessReview(
        spec=client.V1SelfSubjectAccessReviewSpec(resource_attributes=client.V1ResourceAttributes(verb="create", resource="pods", namespace=NAMESPACE))
    )
    assert client.AuthorizationV1Api().create_self_subject_access_review(review).status.allowed
    print("done")


main()
