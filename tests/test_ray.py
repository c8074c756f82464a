"""Augmentation on a Ray cluster: the rows of the local run, in their order, whatever dies."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest
from datasets import DatasetDict
from support.augmenters import AUGMENTERS, REWRITES

import textaug
import textaug.ray
from textaug import Augmenter, Edit, NoiseInjection

needs_ray = pytest.mark.usefixtures("local_ray")


@pytest.fixture(scope="module")
def quiet_ray():
    ray = pytest.importorskip("ray", reason="needs the extra 'ray'")
    pytest.importorskip("ray.data", reason="needs the extra 'ray'")
    # Ray's workers give way to everything else; on busy cores they would never begin.
    os.environ["RAY_worker_niceness"] = "0"  # noqa: SIM112
    # The augmenter below goes along as it is, since no worker can import this file.
    ray.cloudpickle.register_pickle_by_value(sys.modules[__name__])
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    yield ray
    ray.shutdown()


@pytest.fixture(scope="module")
def local_ray(quiet_ray):
    """One node with two CPUs and, in its books, two GPUs."""
    # A cluster of our own: the default would look for the one that ran here last, dead or alive.
    # The GPUs are only counted: that a worker asks for one can be tried without any.
    quiet_ray.init(
        address="local", num_cpus=2, num_gpus=2, include_dashboard=False, log_to_driver=False
    )
    yield quiet_ray
    quiet_ray.shutdown()


@pytest.fixture
def two_nodes(quiet_ray):
    """A cluster of two nodes with one CPU each."""
    from ray.cluster_utils import Cluster

    quiet_ray.shutdown()
    node = {"num_cpus": 1, "object_store_memory": 100 * 2**20}
    cluster = Cluster(initialize_head=True, head_node_args={**node, "include_dashboard": False})
    cluster.add_node(**node)
    cluster.wait_for_nodes()
    quiet_ray.init(address=cluster.address, log_to_driver=False)
    yield cluster
    quiet_ray.shutdown()
    cluster.shutdown()


class Watched(Augmenter):
    """Shouts; writes down who did it, and dies once if told to.

    Args:
        folder: where it writes an empty file for each node and process that worked, and for each
            time that it was loaded.
        deadly: at the first sentence that begins with this word its process is killed.
        slow: seconds for each batch.
    """

    def __init__(self, folder, deadly="", slow=0.0, **settings):
        self.folder = str(folder)
        self.deadly = deadly
        self.slow = slow
        self.loaded = False
        super().__init__(**settings)

    def write(self, name):
        (Path(self.folder) / name).touch()

    def propose(self, examples, rngs):
        import ray

        if ray.is_initialized() and ray.get_runtime_context().get_actor_id():
            if not self.loaded:
                self.write(f"load-{os.getpid()}-{time.time_ns()}")
                self.loaded = True
            self.write(f"node-{ray.get_runtime_context().get_node_id()}")
            self.write(f"process-{os.getpid()}")
            self.write(f"gpus-{os.environ.get('CUDA_VISIBLE_DEVICES', '')}")
            time.sleep(self.slow)
            killed = Path(self.folder) / "killed"
            if any(e.tokens[0] == self.deadly for e in examples) and not killed.exists():
                killed.touch()
                os.kill(os.getpid(), signal.SIGKILL)
        return super().propose(examples, rngs)

    def edits(self, example, rng):
        i = rng.randrange(len(example.tokens))
        return [Edit(i, i + 1, (example.tokens[i].upper() + "!",))]


def written(folder, what):
    return sorted(path.name for path in folder.iterdir() if path.name.startswith(what))


def same(dataset, augmenter, copies=2, **options):
    """Expand on the cluster and here, and compare row by row."""
    made = textaug.ray.expand(dataset, augmenter, copies, **options)
    expected = dataset.map(
        augmenter.expand(copies),
        batched=True,
        features=made.features,
        load_from_cache_file=False,
    )
    assert made.features == textaug.expand(dataset, augmenter).features
    assert made.to_list() == expected.to_list()
    assert len(made) > len(dataset)


def test_without_ray_the_extra_is_named(monkeypatch, corpus):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'textaug-nlp\[ray\]'"):
        textaug.ray.expand(corpus, NoiseInjection())


def test_one_split_at_a_time(corpus):
    with pytest.raises(
        TypeError, match=r"expected a datasets.Dataset \(one split\), got DatasetDict"
    ):
        textaug.ray.expand(DatasetDict({"train": corpus}), NoiseInjection())


@needs_ray
def test_the_same_rows_as_here(corpus, caplog):
    noise = NoiseInjection(seed=3, provenance_column="by")
    same(corpus.shuffle(seed=2), noise, batch_size=7)  # 9 batches for two workers
    same(corpus, noise, textaug.balanced(corpus, 3))
    made = textaug.ray.expand(corpus.select(range(3)), NoiseInjection(p=0.0))
    assert made.features == corpus.features and made.to_list() == corpus.to_list()[:3]
    assert "NoiseInjection: 3 of 3 copies left out" in caplog.text
    none = textaug.ray.expand(corpus.select([]), noise)
    assert none.to_list() == [] and none.features == textaug.expand(corpus, noise).features


@needs_ray
@pytest.mark.parametrize("copies", [1, lambda row: len(row["tokens"])])
def test_a_damaged_row_is_named_as_in_the_data_set(corpus, copies):
    names = corpus.features["ner_tags"].feature.names
    damaged = corpus.map(
        lambda row, i: {"ner_tags": row["ner_tags"][: -(i == 14) or None]},
        with_indices=True,
        load_from_cache_file=False,
    )
    with pytest.raises(ValueError, match="row 14 of the data set .*column 'ner_tags'"):
        textaug.ray.expand(
            damaged, NoiseInjection(label_names=names), copies, batch_size=10, workers=1
        )


@needs_ray
def test_no_room_for_a_worker(corpus):
    with pytest.raises(ValueError, match="num_gpus=8 fits into this cluster of 2 CPUs and 2 GPUs"):
        textaug.ray.expand(corpus, NoiseInjection(), num_gpus=8)


@needs_ray
@pytest.mark.slow
def test_a_killed_worker_loses_nothing(corpus, tmp_path):
    deadly = corpus["tokens"][30][0]
    same(corpus, Watched(tmp_path, deadly), batch_size=4)
    assert written(tmp_path, "killed")
    assert len(written(tmp_path, "process")) == 3, "two workers, and one for the dead one"


@needs_ray
@pytest.mark.slow
def test_each_worker_sees_its_own_gpu(corpus, tmp_path):
    same(corpus, Watched(tmp_path, slow=1.0), batch_size=4, num_gpus=1)
    assert written(tmp_path, "gpus") == ["gpus-0", "gpus-1"]


@needs_ray
@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(set(AUGMENTERS) - REWRITES))
def test_every_augmenter_on_a_cluster(name, corpus):
    same(corpus.select(range(20)), AUGMENTERS[name](), batch_size=6)


@pytest.mark.slow
def test_two_nodes_share_the_work_and_load_a_model_once(corpus, tmp_path, two_nodes):
    same(corpus, Watched(tmp_path, slow=0.5), batch_size=4)
    assert len(written(tmp_path, "node")) == 2
    assert len(written(tmp_path, "load")) == len(written(tmp_path, "process")) == 2
    same(corpus, AUGMENTERS["MaskedLMSubstitution"](), batch_size=10)


@pytest.mark.slow
def test_a_lost_node_loses_nothing(corpus, tmp_path, two_nodes):
    from threading import Thread

    head, second = two_nodes.head_node, (set(two_nodes.list_all_nodes()) - {two_nodes.head_node})

    def lose():
        while len(written(tmp_path, "node")) < 2:  # both have begun
            time.sleep(0.1)
        two_nodes.remove_node(second.pop(), allow_graceful=False)
        (tmp_path / "lost").touch()

    losing = Thread(target=lose, daemon=True)
    losing.start()
    same(corpus, Watched(tmp_path, slow=1.0), batch_size=4)
    losing.join()
    assert head in two_nodes.list_all_nodes() and written(tmp_path, "lost")
