#include "bridge/delivery/queue.hpp"

#include "catalogue/guarded_connection.hpp"
#include "catalogue/statements.hpp"
#include "commitment/transaction_uid.hpp"
#include "delivery/queue_file.hpp"
#include "delivery/queue_rows.hpp"

#include <fmt/format.h>

#include <map>
#include <set>

namespace cxr::bridge {

namespace rows = queue_rows;
using std::chrono::system_clock;

namespace {

/// Other processes get at the queue between two pieces.
constexpr std::size_t settled_a_piece = 1'000;

std::int64_t now_ms() {
    return sqlite::milliseconds(system_clock::now());
}

}  // namespace

class DeliveryQueue::Impl {
public:
    Impl(DeliverySource given, sqlite::Connection opened)
        : source(std::move(given)), database(std::move(opened)) {}

    /// Marks what is there as being sent, and what is not as failed.
    Result<std::vector<storescp::OwedObject>> take(
        std::vector<rows::Due> due,
        const std::map<std::string, storescp::InstanceReference>& there) {
        using Owed = std::vector<storescp::OwedObject>;
        return database.write([&](sqlite::Connection& writer) -> Result<Owed> {
            Owed owed;
            for (rows::Due& each : due) {
                const auto found = there.find(each.reference.sop_instance_uid);
                if (found == there.end()) {
                    const rows::Settlement gone{.state = DeliveryState::failed,
                                                .why = "the node does not offer it any more",
                                                .now = now_ms()};
                    if (auto settled = rows::settle(writer, each.id, gone); !settled) {
                        return settled.error();
                    }
                    continue;
                }
                const auto taken = rows::take(writer, each.id);
                if (!taken) {
                    return taken.error();
                }
                if (*taken) {
                    owed.push_back(
                        {.id = each.id, .instance = found->second, .attempts = each.attempts});
                }
            }
            return owed;
        });
    }

    /// 0: every destination; a fault: there is none of that title.
    static Result<std::int64_t> chosen(sqlite::Connection& connection, const Choice& choice) {
        if (choice.ae_title.empty()) {
            return std::int64_t{0};
        }
        const auto found = rows::find_destination(connection, choice.ae_title);
        if (!found) {
            return found.error();
        }
        if (found->id == 0) {
            return Fault{.kind = FaultKind::not_found,
                         .doing = fmt::format("nothing was ever queued for {}", choice.ae_title)};
        }
        return found->id;
    }

    /// `work` for every object that was named, else once for all.
    template <typename Work>
    static Result<std::size_t> sum_of(const Choice& choice, Work work) {
        if (choice.sop_instance_uids.empty()) {
            return work(std::string());
        }
        std::size_t sum = 0;
        for (const std::string& uid : choice.sop_instance_uids) {
            auto some = work(uid);
            if (!some) {
                return some;
            }
            sum += *some;
        }
        return sum;
    }

    /// What a provider commits to, and what not. Again is the same.
    Result<void> mark(const storescp::CommitmentReport& report) {
        return database.write([&](sqlite::Connection& writer) -> Result<void> {
            for (const storescp::FailedReference& failure : report.failed) {
                const auto why =
                    fmt::format("delivered, but not committed to: {:04X}H", failure.failure_reason);
                if (auto set = rows::set_not_committed(
                        writer, report.transaction_uid, failure.reference.sop_instance_uid, why);
                    !set) {
                    return set;
                }
            }
            return rows::set_commitment(
                writer, report.transaction_uid, CommitmentState::committed, "");
        });
    }

    /// Those of them that the node offers.
    [[nodiscard]] Result<std::set<std::string>> offered(
        const std::vector<rows::Settled>& settled) const {
        std::vector<std::string> uids;
        uids.reserve(settled.size());
        for (const rows::Settled& each : settled) {
            uids.push_back(each.sop_instance_uid);
        }
        const auto found = source.find(std::move(uids));
        if (!found) {
            return found.error();
        }
        std::set<std::string> offered;
        for (const storescp::InstanceReference& instance : *found) {
            offered.insert(instance.sop_instance_uid);
        }
        return offered;
    }

    static Result<std::size_t> forget_gone(sqlite::Connection& writer,
                                           const std::vector<rows::Settled>& settled,
                                           const std::set<std::string>& offered,
                                           std::int64_t now,
                                           std::int64_t gone_before) {
        std::size_t forgotten = 0;
        for (const rows::Settled& each : settled) {
            const bool is_there = offered.contains(each.sop_instance_uid);
            const bool is_over = !is_there && each.gone_since > 0 && each.gone_since <= gone_before;
            Result<void> done;
            if (is_over) {
                done = rows::forget(writer, each.id);
                ++forgotten;
            } else if (is_there == (each.gone_since > 0)) {
                done = rows::set_gone_since(writer, each.id, is_there ? 0 : now);
            }
            if (!done) {
                return done.error();
            }
        }
        return forgotten;
    }

    const DeliverySource source;
    sqlite::GuardedConnection database;
};

DeliveryQueue::DeliveryQueue(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
DeliveryQueue::~DeliveryQueue() = default;

Result<std::unique_ptr<DeliveryQueue>> DeliveryQueue::open(const std::filesystem::path& file,
                                                           DeliverySource source) {
    auto connection = open_queue_file(file);
    if (!connection) {
        return connection.error();
    }
    return std::unique_ptr<DeliveryQueue>(
        new DeliveryQueue(std::make_unique<Impl>(std::move(source), std::move(*connection))));
}

Result<void> DeliveryQueue::recover() {
    auto put_back =
        impl_->database.write([](sqlite::Connection& writer) { return rows::put_back(writer, 0); });
    if (!put_back || impl_->source.ledger == nullptr) {
        return put_back;
    }
    const auto asked = impl_->database.read(rows::asked_transactions);
    if (!asked) {
        return asked.error();
    }
    for (const std::string& transaction_uid : *asked) {
        const auto report = impl_->source.ledger->answer(transaction_uid);
        if (!report) {
            return report.error();
        }
        auto done =
            *report ? impl_->mark(**report)
                    : withdraw_commitment(transaction_uid, "asked for again after a restart", true);
        if (!done) {
            return done;
        }
    }
    return {};
}

Result<std::size_t> DeliveryQueue::enqueue(const std::string& ae_title,
                                           std::span<const NewDelivery> deliveries) {
    return impl_->database.write([&](sqlite::Connection& writer) -> Result<std::size_t> {
        const auto destination = rows::destination(writer, ae_title);
        if (!destination) {
            return destination.error();
        }
        std::size_t added = 0;
        for (const NewDelivery& delivery : deliveries) {
            const auto is_new = rows::add(writer, *destination, delivery, now_ms());
            if (!is_new) {
                return is_new.error();
            }
            added += *is_new ? 1 : 0;
        }
        return added;
    });
}

Result<std::size_t> DeliveryQueue::forget_gone(system_clock::time_point now,
                                               std::chrono::hours kept_for,
                                               const std::stop_token& stop) {
    const std::int64_t today = sqlite::milliseconds(now);
    const std::int64_t gone_before = sqlite::milliseconds(now - kept_for);
    std::size_t forgotten = 0;
    for (std::int64_t last = 0; !stop.stop_requested();) {
        const auto piece = impl_->database.read([&](sqlite::Connection& reader) {
            return rows::settled(reader, last, settled_a_piece);
        });
        if (!piece) {
            return piece.error();
        }
        if (piece->empty()) {
            break;
        }
        last = piece->back().id;
        const auto there = impl_->offered(*piece);
        if (!there) {
            return there.error();
        }
        auto some = impl_->database.write([&](sqlite::Connection& writer) {
            return Impl::forget_gone(writer, *piece, *there, today, gone_before);
        });
        if (!some) {
            return some;
        }
        forgotten += *some;
    }
    return forgotten;
}

Result<std::vector<storescp::OwedObject>> DeliveryQueue::take_due(const std::string& ae_title,
                                                                  system_clock::time_point now,
                                                                  std::size_t count) {
    using DueObjects = std::vector<rows::Due>;
    const auto due = impl_->database.read([&](sqlite::Connection& reader) -> Result<DueObjects> {
        const auto destination = rows::find_destination(reader, ae_title);
        if (!destination) {
            return destination.error();
        }
        const std::int64_t at = sqlite::milliseconds(now);
        return destination->is_paused(at) ? Result<DueObjects>(DueObjects())
                                          : rows::due(reader, destination->id, at, count);
    });
    if (!due) {
        return due.error();
    }
    if (due->empty()) {
        return std::vector<storescp::OwedObject>();
    }
    std::vector<std::string> uids;
    for (const rows::Due& each : *due) {
        uids.push_back(each.reference.sop_instance_uid);
    }
    auto found = impl_->source.find(std::move(uids));
    if (!found) {
        return found.error();
    }
    std::map<std::string, storescp::InstanceReference> there;
    for (storescp::InstanceReference& instance : *found) {
        there.try_emplace(instance.sop_instance_uid, instance);
    }
    return impl_->take(*due, there);
}

Result<void> DeliveryQueue::put_back(const std::string& ae_title) {
    return impl_->database.write([&](sqlite::Connection& writer) -> Result<void> {
        const auto destination = rows::find_destination(writer, ae_title);
        if (!destination) {
            return destination.error();
        }
        return destination->id == 0 ? Result<void>() : rows::put_back(writer, destination->id);
    });
}

Result<void> DeliveryQueue::settle(std::int64_t id, const storescp::ObjectDelivery& delivery) {
    using Outcome = storescp::ObjectDelivery::Outcome;
    const bool postponed = delivery.outcome == Outcome::postponed;
    return impl_->database.write([&](sqlite::Connection& writer) {
        return rows::settle(
            writer,
            id,
            {.state = delivery.outcome == Outcome::delivered ? DeliveryState::delivered
                      : postponed                            ? DeliveryState::waiting
                                                             : DeliveryState::failed,
             .next_attempt = postponed ? sqlite::milliseconds(delivery.next_attempt) : 0,
             .why = delivery.why,
             .now = now_ms()});
    });
}

Result<unsigned> DeliveryQueue::attempts(const std::string& ae_title) {
    return impl_->database.read([&](sqlite::Connection& reader) -> Result<unsigned> {
        const auto destination = rows::find_destination(reader, ae_title);
        return destination ? Result<unsigned>(destination->attempts)
                           : Result<unsigned>(destination.error());
    });
}

Result<void> DeliveryQueue::pause(const std::string& ae_title,
                                  const storescp::DestinationPause& pause) {
    return impl_->database.write([&](sqlite::Connection& writer) -> Result<void> {
        const auto destination = rows::destination(writer, ae_title);
        return destination ? rows::pause(writer, *destination, pause)
                           : Result<void>(destination.error());
    });
}

Result<std::optional<storescp::CommitmentRequest>> DeliveryQueue::begin_commitment(
    const std::string& ae_title, std::size_t references_max) {
    using Request = std::optional<storescp::CommitmentRequest>;
    const auto delivered =
        impl_->database.read([&](sqlite::Connection& reader) -> Result<std::vector<rows::Due>> {
            const auto destination = rows::find_destination(reader, ae_title);
            if (!destination) {
                return destination.error();
            }
            return destination->is_paused(now_ms())
                       ? Result<std::vector<rows::Due>>(std::vector<rows::Due>())
                       : rows::to_commit(reader, destination->id, references_max);
        });
    if (!delivered) {
        return delivered.error();
    }
    if (delivered->empty() || impl_->source.ledger == nullptr) {
        return Request();
    }
    storescp::CommitmentRequest request{.transaction_uid = new_transaction_uid(), .references = {}};
    for (const rows::Due& each : *delivered) {
        request.references.push_back(each.reference);
    }
    // The ledger first: a report finds its transaction, whatever happens in between.
    if (auto noted = impl_->source.ledger->ask(request, ae_title, impl_->source.own_ae_title);
        !noted) {
        return noted.error();
    }
    const auto marked = impl_->database.write([&](sqlite::Connection& writer) -> Result<void> {
        for (const rows::Due& each : *delivered) {
            if (auto set = rows::set_asked(writer, each.id, request.transaction_uid); !set) {
                return set;
            }
        }
        return {};
    });
    if (!marked) {
        static_cast<void>(
            impl_->source.ledger->withdraw(request.transaction_uid, marked.error().doing));
        return marked.error();
    }
    return Request(std::move(request));
}

Result<void> DeliveryQueue::withdraw_commitment(const std::string& transaction_uid,
                                                const std::string& why,
                                                bool again) {
    if (impl_->source.ledger != nullptr) {
        if (auto withdrawn = impl_->source.ledger->withdraw(transaction_uid, why); !withdrawn) {
            return withdrawn;
        }
    }
    return impl_->database.write([&](sqlite::Connection& writer) {
        return rows::set_commitment(writer,
                                    transaction_uid,
                                    again ? CommitmentState::wanted : CommitmentState::refused,
                                    again ? "" : "delivered, but not committed to: " + why);
    });
}

Result<bool> DeliveryQueue::conclude(const storescp::CommitmentReport& report,
                                     const std::string& provider_ae_title) {
    auto known = impl_->source.ledger->conclude(report, provider_ae_title);
    if (!known || !*known) {
        return known;
    }
    const auto marked = impl_->mark(report);
    return marked ? known : Result<bool>(marked.error());
}

Result<std::size_t> DeliveryQueue::retry(const Choice& choice) {
    return impl_->database.write([&](sqlite::Connection& writer) -> Result<std::size_t> {
        const auto destination = Impl::chosen(writer, choice);
        if (!destination) {
            return destination.error();
        }
        if (auto resumed = rows::resume(writer, *destination); !resumed) {
            return resumed.error();
        }
        return Impl::sum_of(
            choice, [&](const std::string& uid) { return rows::retry(writer, *destination, uid); });
    });
}

Result<std::size_t> DeliveryQueue::drop(const Choice& choice) {
    return impl_->database.write([&](sqlite::Connection& writer) -> Result<std::size_t> {
        const auto destination = Impl::chosen(writer, choice);
        if (!destination) {
            return destination.error();
        }
        return Impl::sum_of(choice, [&](const std::string& uid) {
            return rows::drop(writer, *destination, uid, now_ms());
        });
    });
}

Result<std::vector<DestinationEntry>> DeliveryQueue::destinations() const {
    return impl_->database.read(
        [](sqlite::Connection& reader) { return rows::destinations(reader); });
}

Result<void> DeliveryQueue::for_each_entry(
    const std::function<void(const DeliveryEntry&)>& visit) const {
    return impl_->database.read(
        [&](sqlite::Connection& reader) { return rows::for_each_entry(reader, visit); });
}

}  // namespace cxr::bridge
