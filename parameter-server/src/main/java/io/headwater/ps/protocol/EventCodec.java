package io.headwater.ps.protocol;

import java.util.ArrayList;
import java.util.List;

/** The bytes of {@link Event}s; the tags are part of the wire protocol. */
final class EventCodec {
  private static final int COORDINATOR_ALIVE = 65;
  private static final int RUN_OPENED = 66;
  private static final int JOIN_REFUSED = 67;
  private static final int JOIN_ACCEPTED = 68;
  private static final int PLAN_ANNOUNCED = 69;
  private static final int STEP_COMMITTED = 70;
  private static final int STEP_DONE = 71;
  private static final int WORKER_LOST = 72;
  private static final int SNAPSHOT_PART = 73;
  private static final int RUN_FAILED = 74;
  private static final int RUN_FINISHED = 75;
  private static final int RUN_OVER = 76;
  private static final int LEAVE_HEARD = 77;
  private static final int TENSOR_TRUST = 78;
  private static final int REPLICA_LOST = 79;
  private static final int REPLICA_JOINED = 80;

  private static final int ASSIGNMENT_BYTES = 3 * Integer.BYTES + Long.BYTES;
  private static final int TASK_BYTES = Integer.BYTES + 2 * Long.BYTES;
  private static final int REPLICA_BYTES = 2 * Integer.BYTES + Long.BYTES;

  private EventCodec() {}

  /** Appends the fields of a message and returns its tag. */
  static int write(Event message, ControlWriter out) {
    if (message instanceof Event.CoordinatorAlive) {
      return COORDINATOR_ALIVE;
    }
    if (message instanceof Event.RunOpened m) {
      out.int64(m.step()).int64(m.elements());
      return RUN_OPENED;
    }
    if (message instanceof Event.JoinRefused m) {
      out.int32(m.worker()).int64(m.incarnation()).text(m.reason());
      return JOIN_REFUSED;
    }
    if (message instanceof Event.JoinAccepted m) {
      out.int32(m.worker()).int64(m.incarnation());
      RunSpecificationCodec.write(m.codecs(), out);
      ints(m.missingWorkers(), out);
      return JOIN_ACCEPTED;
    }
    if (message instanceof Event.PlanAnnounced m) {
      out.int64(m.step())
          .int32(m.revision())
          .int32(m.sumsFrom())
          .bool(m.finished())
          .bool(m.snapshot())
          .int32(m.microBatches())
          .int32(m.localSteps());
      assignments(m.assignments(), out);
      tasks(m.tasks(), out);
      replicas(m.replicas(), out);
      replicas(m.newcomers(), out);
      return PLAN_ANNOUNCED;
    }
    if (message instanceof Event.StepCommitted m) {
      out.int64(m.step()).bool(m.refused()).float32(m.scale());
      return STEP_COMMITTED;
    }
    if (message instanceof Event.TensorTrust m) {
      out.int64(m.step()).int32(m.byTensor().size());
      m.byTensor().forEach(out::float32);
      return TENSOR_TRUST;
    }
    if (message instanceof Event.StepDone m) {
      out.int64(m.step())
          .float64(m.loss())
          .float64(m.gradientNorm())
          .float32(m.learningRate())
          .int64(m.tokens())
          .bool(m.clipped())
          .bool(m.refused());
      return STEP_DONE;
    }
    if (message instanceof Event.WorkerLost m) {
      out.int32(m.worker()).int32(m.cause().ordinal()).text(m.reason());
      return WORKER_LOST;
    }
    if (message instanceof Event.SnapshotPart m) {
      out.int64(m.step()).int32(m.shard());
      return SNAPSHOT_PART;
    }
    if (message instanceof Event.RunFailed m) {
      out.text(m.reason());
      return RUN_FAILED;
    }
    if (message instanceof Event.RunFinished m) {
      out.int64(m.step());
      return RUN_FINISHED;
    }
    if (message instanceof Event.RunOver) {
      return RUN_OVER;
    }
    if (message instanceof Event.ReplicaLost m) {
      RequestCodec.replica(m.replica(), out).text(m.reason());
      return REPLICA_LOST;
    }
    if (message instanceof Event.ReplicaJoined m) {
      RequestCodec.replica(m.replica(), out);
      return REPLICA_JOINED;
    }
    if (message instanceof Event.LeaveHeard m) {
      out.int32(m.worker());
      return LEAVE_HEARD;
    }
    throw new IllegalArgumentException("Cannot encode " + message);
  }

  /** Reads the fields of the message with tag {@code tag}. */
  static Event read(int tag, ControlReader in) {
    return switch (tag) {
      case COORDINATOR_ALIVE -> new Event.CoordinatorAlive();
      case RUN_OPENED -> new Event.RunOpened(in.int64(), in.int64());
      case JOIN_REFUSED -> new Event.JoinRefused(in.int32(), in.int64(), in.text());
      case JOIN_ACCEPTED ->
          new Event.JoinAccepted(
              in.int32(), in.int64(), RunSpecificationCodec.codecs(in), ints(in));
      case PLAN_ANNOUNCED ->
          new Event.PlanAnnounced(
              in.int64(),
              in.int32(),
              in.int32(),
              in.bool(),
              in.bool(),
              in.int32(),
              in.int32(),
              assignments(in),
              tasks(in),
              replicas(in),
              replicas(in));
      case STEP_COMMITTED -> new Event.StepCommitted(in.int64(), in.bool(), in.float32());
      case TENSOR_TRUST -> new Event.TensorTrust(in.int64(), floats(in));
      case STEP_DONE ->
          new Event.StepDone(
              in.int64(),
              in.float64(),
              in.float64(),
              in.float32(),
              in.int64(),
              in.bool(),
              in.bool());
      case WORKER_LOST -> new Event.WorkerLost(in.int32(), cause(in), in.text());
      case SNAPSHOT_PART -> new Event.SnapshotPart(in.int64(), in.int32());
      case RUN_FAILED -> new Event.RunFailed(in.text());
      case RUN_FINISHED -> new Event.RunFinished(in.int64());
      case RUN_OVER -> new Event.RunOver();
      case REPLICA_LOST -> new Event.ReplicaLost(RequestCodec.replica(in), in.text());
      case REPLICA_JOINED -> new Event.ReplicaJoined(RequestCodec.replica(in));
      case LEAVE_HEARD -> new Event.LeaveHeard(in.int32());
      default -> throw new MalformedMessageException("tag " + tag);
    };
  }

  private static Event.WorkerLost.Cause cause(ControlReader in) {
    int number = in.int32();
    Event.WorkerLost.Cause[] causes = Event.WorkerLost.Cause.values();
    if (number < 0 || number >= causes.length) {
      throw new MalformedMessageException("cause " + number);
    }
    return causes[number];
  }

  private static void ints(List<Integer> values, ControlWriter out) {
    out.int32(values.size());
    values.forEach(out::int32);
  }

  private static List<Integer> ints(ControlReader in) {
    int count = in.count(Integer.BYTES);
    List<Integer> values = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      values.add(in.int32());
    }
    return values;
  }

  private static List<Float> floats(ControlReader in) {
    int count = in.count(Float.BYTES);
    List<Float> values = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      values.add(in.float32());
    }
    return values;
  }

  private static void assignments(List<Event.Assignment> values, ControlWriter out) {
    out.int32(values.size());
    for (Event.Assignment value : values) {
      out.int32(value.worker()).int64(value.incarnation());
      out.int32(value.microBatches().from()).int32(value.microBatches().to());
    }
  }

  private static List<Event.Assignment> assignments(ControlReader in) {
    int count = in.count(ASSIGNMENT_BYTES);
    List<Event.Assignment> values = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      values.add(
          new Event.Assignment(
              in.int32(), in.int64(), new MicroBatchRange(in.int32(), in.int32())));
    }
    return values;
  }

  private static void tasks(List<Event.Task> values, ControlWriter out) {
    out.int32(values.size());
    values.forEach(
        value -> out.int32(value.worker()).int64(value.incarnation()).int64(value.batch()));
  }

  private static List<Event.Task> tasks(ControlReader in) {
    int count = in.count(TASK_BYTES);
    List<Event.Task> values = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      values.add(new Event.Task(in.int32(), in.int64(), in.int64()));
    }
    return values;
  }

  private static void replicas(List<ReplicaId> values, ControlWriter out) {
    out.int32(values.size());
    values.forEach(value -> RequestCodec.replica(value, out));
  }

  private static List<ReplicaId> replicas(ControlReader in) {
    int count = in.count(REPLICA_BYTES);
    List<ReplicaId> values = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      values.add(RequestCodec.replica(in));
    }
    return values;
  }
}
