"""The faults themselves: that the proxy, a compaction and a restart do to a client what they say."""

import http.client
import time

from harness import ClusterTest
from kube import ApiError


class FaultsTest(ClusterTest):
    alone = True

    def setUp(self):
        super().setUp()
        self.proxy = self.fault_proxy()
        self.through = self.cluster.kube(server=self.proxy.server)

    def settings(self, kube=None, **data):
        return (kube or self.kube).apply({"apiVersion": "v1", "kind": "ConfigMap", "data": data,
                                          "metadata": {"name": "settings", "namespace": self.namespace}})

    def read(self):
        return self.through.get("v1", "ConfigMap", self.namespace, "settings")

    def test_nothing_is_changed_without_a_fault(self):
        written = self.settings(self.through, colour="blue")
        self.assertEqual(self.read(), self.kube.get("v1", "ConfigMap", self.namespace, "settings"))
        events = self.through.watch("v1", "ConfigMap", self.namespace, fieldSelector="metadata.name=settings",
                                    resourceVersion=written["metadata"]["resourceVersion"])
        self.settings(colour="red")
        self.assertEqual(next(events)[1]["data"], {"colour": "red"})

    def test_delay(self):
        self.settings(colour="blue")
        self.proxy.add("delay", "configmaps/settings", ms=400)
        began = time.monotonic()
        self.read()
        self.assertGreater(time.monotonic() - began, 0.4)

    def test_refusals(self):
        self.settings(colour="blue")
        for code, reason, headers in ((429, "TooManyRequests", {"Retry-After": 1}), (503, "ServiceUnavailable", {}),
                                      (410, "Expired", {})):
            self.proxy.add("status", "configmaps/settings", code=code, headers=headers)
            with self.assertRaises(ApiError) as refused:
                self.read()
            self.assertEqual((refused.exception.code, refused.exception.reason), (code, reason))
        self.assertEqual(self.read()["data"], {"colour": "blue"})  # each struck once

    def test_garbage_and_reset(self):
        self.settings(colour="blue")
        self.proxy.add("garbage", "configmaps/settings")
        self.assertNotIn("data", self.read())
        self.proxy.add("reset", "configmaps/settings", times=0)
        with self.assertRaises(OSError):
            self.read()
        self.assertGreater(self.proxy.report()["faults"][1]["struck"], 0)

    def test_cut_in_the_middle_of_an_event(self):
        first = self.settings(colour="blue")
        self.proxy.add("cut", "watch=true", after=100)
        events = self.through.watch("v1", "ConfigMap", self.namespace, fieldSelector="metadata.name=settings",
                                    resourceVersion=str(int(first["metadata"]["resourceVersion"]) - 1))
        with self.assertRaises((http.client.IncompleteRead, ValueError)):
            next(events)

    def test_stall(self):
        self.settings(colour="blue")
        self.proxy.add("stall", "watch=true", times=0)
        events = self.through.watch("v1", "ConfigMap", self.namespace, limit_s=0.5)
        with self.assertRaises(TimeoutError):
            next(events)

    def test_compaction_makes_a_real_410(self):
        old = self.settings(colour="blue")["metadata"]["resourceVersion"]
        self.settings(colour="red")
        self.cluster.compact()
        with self.assertRaises(ApiError) as gone:
            kind, status = next(self.kube.watch("v1", "ConfigMap", self.namespace, resourceVersion=old))
            raise ApiError(status.get("code"), status.get("reason"), kind)
        self.assertEqual((gone.exception.code, gone.exception.reason), (410, "Expired"))
        self.proxy.add("gone", "watch=true")
        self.assertEqual(next(self.through.watch("v1", "ConfigMap", self.namespace))[1]["code"], 410)

    def test_restart_keeps_everything(self):
        self.settings(colour="blue")
        pid = self.cluster.processes.pid("kube-apiserver")
        self.cluster.restart_apiserver()
        self.assertNotEqual(self.cluster.processes.pid("kube-apiserver"), pid)
        self.assertEqual(self.read()["data"], {"colour": "blue"})
