package dev.ebb.controllers;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ebb.images.Digest;
import dev.ebb.images.containers.ContainerImage;
import dev.ebb.images.containers.ContainerImages;
import dev.ebb.images.containers.ImageUser;
import dev.ebb.images.distribution.ImageException;
import dev.ebb.images.distribution.ImageReference;
import dev.ebb.images.distribution.PullCredentials;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/// A registry that has every image, but for those that a test takes away.
final class FakeImages implements ContainerImages {
  private final Map<String, ImageException> failures = new ConcurrentHashMap<>();
  private final Map<String, CountDownLatch> slow = new ConcurrentHashMap<>();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final List<PullCredentials> shown = new CopyOnWriteArrayList<>();
  private final Map<String, ImageException> refusals = new ConcurrentHashMap<>();
  private final List<ImageUser> allowed = new CopyOnWriteArrayList<>();
  private volatile String salt = "";

  static String digest(String image, String salt) {
    return Digest.of((image + salt).getBytes(UTF_8));
  }

  void fail(String image, ImageException.Reason reason, String message) {
    failures.put(ImageReference.parse(image).toString(), new ImageException(reason, message));
  }

  void mend(String image) {
    failures.remove(ImageReference.parse(image).toString());
  }

  /// Only for some.
  void reserve(String repository, ImageUser user, String refusal) {
    refusals.put(repository, new ImageException(ImageException.Reason.UNAUTHORIZED, refusal));
    allowed.add(user);
  }

  /// The tag names another image from now on.
  void moveTags(String newSalt) {
    salt = newSalt;
  }

  /// The answer does not come before the latch is down.
  CountDownLatch hold(String image) {
    CountDownLatch latch = new CountDownLatch(1);
    slow.put(ImageReference.parse(image).toString(), latch);
    return latch;
  }

  List<String> asked() {
    return asked;
  }

  List<PullCredentials> shown() {
    return shown;
  }

  @Override
  public String resolve(ImageReference image, PullCredentials credentials) {
    String name = image.toString();
    asked.add(name);
    shown.add(credentials);
    CountDownLatch latch = slow.get(name);
    try {
      if (latch != null) {
        latch.await();
      }
    } catch (InterruptedException e) {
      throw new ImageException(ImageException.Reason.UNREACHABLE, "interrupted", e);
    }
    if (failures.containsKey(name)) {
      throw failures.get(name);
    }
    return digest(name, salt);
  }

  @Override
  public void require(ImageReference image, ImageUser user) {
    ImageException refusal = refusals.get(image.repository());
    if (refusal != null && !allowed.contains(user)) {
      throw refusal;
    }
  }

  @Override
  public ContainerImage open(ImageReference image, PullCredentials credentials) {
    throw new AssertionError("controllers open no image");
  }

  @Override
  public Optional<ContainerImage> hold(ImageReference image) {
    throw new AssertionError("controllers open no image");
  }

  @Override
  public boolean isReady(ImageReference image) {
    throw new AssertionError("controllers open no image");
  }
}
